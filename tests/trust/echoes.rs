//! A site that says back what it was sent: its words are shown only where they hold no secret, in whatever dress.

use crate::rude::wordpress::PASSWORD;
use crate::world::*;
use base64::Engine as _;

const SECRET: &str = "Hun<i>\"2'\\/ü &x";

/// What is told where a change is refused with these words.
fn told(world: &World, linked: &Value, code: &str, words: &str) -> Outcome {
    let id = world.site.id("ann").unwrap();
    world.site.next(&post(id), Fault::Say(400, json!({"code": code, "message": words, "data": {"status": 400}})));
    world.put(json!({}), both(linked.clone(), json!({"user": {"user_pass": SECRET}, "password_mark": "m2"})))
}

#[test]
fn words_that_hold_a_secret_are_not_shown_in_any_dress() {
    let world = World::new();
    let linked = world.ann();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{AGENT}:{PASSWORD}"));
    let quoted = json!(SECRET).to_string();
    for echo in [
        SECRET,
        quoted.as_str(),
        r#"Hun<i>\"2'\\\/\u00fc &x"#,
        "Hun&lt;i&gt;&quot;2&#039;\\/&uuml; &amp;x",
        "Hun&#60;i&#x3E;&#34;2&apos;&#92;/&#252;&nbsp;&amp;x",
        "Hun%3Ci%3E%222%27%5C%2F%C3%BC+%26x",
        "Hun%3ci%3e%222%27%5c%2f%c3%bc%20%26x",
        "Hun<i>\\\"2\\'\\\\/ü &x",
        "Hun\"2'\\/ü &x",
        "HUN<I>\"2'\\/Ü &X",
        PASSWORD,
        "abcdEFGH1234ijkl",
        &basic,
    ] {
        let outcome = told(&world, &linked, "some_plugin_says_no", &format!("<p>Not {echo}, please.</p>"));
        assert_eq!(short(&outcome), "rejected some_plugin_says_no");
        assert!(
            outcome.message.ends_with("(some_plugin_says_no); its words are not shown: they hold a password"),
            "{echo}: {}",
            outcome.message
        );
    }
    let harmless = told(&world, &linked, "some_plugin_says_no", "Hun<i>ter</i> &amp; others may not.");
    assert!(harmless.message.contains("Hunter &amp; others may not. (some_plugin_says_no)"), "{}", harmless.message);
}

#[test]
fn a_code_is_one_word_that_holds_no_secret() {
    let world = World::new();
    let linked = world.ann();
    for code in ["two words", "<b>", "", &"x".repeat(65), "no_abcdEFGH1234ijkl", "abcd-EFGH"] {
        let outcome = told(&world, &linked, code, "No.");
        let wanted = if code == "abcd-EFGH" { code } else { "unknown_error" };
        assert_eq!(outcome.code.as_deref(), Some(wanted), "{code}");
        assert!(outcome.message.ends_with(&format!("No. ({wanted})")), "{}", outcome.message);
    }
    let id = world.site.id("ann").unwrap();
    let details = json!({"first_name": {"code": "no_abcdEFGH1234ijkl"}});
    let named = json!({"code": "rest_invalid_param", "message": "x", "data": {"params": {"first_name": "x"}, "details": details}});
    world.site.next(&post(id), Fault::Say(400, named));
    let outcome = world.put(json!({}), both(linked, renamed("Anna")));
    assert_eq!(outcome.refused["first_name"], "unknown_error");
}

#[test]
fn a_short_password_counts_as_well_and_alters_no_code_of_core() {
    let world = World::new();
    let linked = world.ann();
    let id = world.site.id("ann").unwrap();
    let job = both(linked, json!({"user": {"user_pass": "no"}, "password_mark": "m2"}));
    world.site.next(&post(id), Fault::Say(403, json!({"code": "rest_cannot_edit", "message": "You may not.", "data": null})));
    let outcome = world.put(json!({}), job);
    assert_eq!(short(&outcome), "rejected rest_cannot_edit");
    assert!(outcome.message.contains("not shown"), "{}", outcome.message);
}

#[test]
fn single_calls_show_none_either() {
    let world = World::new();
    world.site.next(CREATE, Fault::Say(400, json!({"code": "no", "message": format!("{SECRET}!"), "data": null})));
    let anna = user(json!({"user_login": "ann", "user_email": "ann@a.test", "user_pass": SECRET}));
    let failure = failed(call(&world.rude.url(SITE), json!({})).create(anna, &mut || true));
    assert_eq!(failure.code, "no");
    assert!(failure.message.contains("not shown") && !failure.message.contains("Hun"), "{}", failure.message);
}
