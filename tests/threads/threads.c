/*
 * PHP in many threads of one process, as FrankenPHP and Apache's worker have it:  threads SCRIPT THREADS ROUNDS
 *
 * Each round starts that many threads at once; each runs the script in a request of its own, and ends. Then PHP is stopped and
 * started again in the same process, and all of it is done once more. It fails if a script did, or if a round left files open.
 */
#include <dirent.h>
#include <pthread.h>
#include <sapi/embed/php_embed.h>

static const char *script;
static pthread_barrier_t together;

static void *request(void *failed)
{
	zend_file_handle file;

	ts_resource(0);
	pthread_barrier_wait(&together);
	if (php_request_startup() == FAILURE) {
		return failed;
	}
	SG(headers_sent) = 1;
	SG(request_info).no_headers = 1;
	zend_stream_init_filename(&file, script);
	zend_first_try {
		php_execute_script(&file);
	} zend_end_try();
	zend_destroy_file_handle(&file);
	if (EG(exit_status) == 0) {
		failed = NULL;
	}
	php_request_shutdown(NULL);
	ts_free_thread();
	return failed;
}

static int open_files(void)
{
	int count = 0;
	DIR *files = opendir("/proc/self/fd");

	while (readdir(files)) {
		count++;
	}
	closedir(files);
	return count;
}

static int round_of(int count)
{
	int failures = 0;
	pthread_t threads[count];

	pthread_barrier_init(&together, NULL, count);
	for (int i = 0; i < count; i++) {
		pthread_create(&threads[i], NULL, request, &failures);
	}
	for (int i = 0; i < count; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		failures += failed != NULL;
	}
	pthread_barrier_destroy(&together);
	return failures;
}

int main(int argc, char **argv)
{
	int threads = argc > 3 ? atoi(argv[2]) : 0, rounds = argc > 3 ? atoi(argv[3]) : 0;
	int ran = 0, failures = 0, before = 0, after = 0;

	if (threads < 1 || rounds < 1) {
		return 2;
	}
	script = argv[1];
	for (int start = 0; start < 2; start++) {
		if (php_embed_init(0, NULL) == FAILURE) {
			return 1;
		}
		for (int i = 0; i < rounds; i++) {
			failures += round_of(threads);
			ran += threads;
			after = open_files();
			if (i == 0) {
				before = after;
			}
		}
		if (after != before) {
			fprintf(stderr, "%d files were open after the first round, %d after the last\n", before, after);
			failures++;
		}
		php_embed_shutdown();
	}
	printf("%d threads of %d at once, in 2 starts of PHP: %d failed\n", ran, threads, failures);
	return failures > 0;
}
