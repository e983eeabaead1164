//! `wp/v2/users`, in memory: what a real `WordPress` answers, and then what a test needs of it that a real one cannot be made
//! to do. Each answer here was seen on 6.1 to 7.1.

use super::act::{self, Act};
use super::receiver::{self, Receiver};
use super::request::Request;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

pub const AGENT: &str = "agent";
pub const PASSWORD: &str = "abcd EFGH 1234 ijkl";

/// An account.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub login: String,
    pub email: String,
    pub password: String,
    pub roles: Vec<String>,
    /// Unix seconds, by the site's clock.
    pub registered: i64,
    /// All other properties, in REST's words.
    pub texts: Map<String, Value>,
    pub meta: Map<String, Value>,
}

/// What happens to a request instead of, or besides, the right thing.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing: it goes through, and the next one is met by what is queued behind.
    None,
    /// The work is done, and its answer never comes.
    LoseAnswer,
    /// The work is done, and what comes back is no TLS.
    Garble,
    /// Nothing is done, and no answer comes.
    LoseRequest,
    /// Nothing is done, and this is said.
    Say(u16, Value),
    /// It takes so long.
    Late(Duration),
    /// The work is done, and this is said.
    DoAndSay(u16, Value),
}

/// The site.
pub struct WordPress(Mutex<State>);

/// What it holds, open to tests.
#[allow(clippy::struct_excessive_bools, reason = "each is a trait of a site by itself")]
pub struct State {
    pub people: BTreeMap<u64, Person>,
    next: u64,
    /// How far its clock is ahead of ours, seconds.
    pub clock: i64,
    pub multisite: bool,
    /// `batch/v1` takes users, as since 6.8.
    pub takes_batches: bool,
    /// Its database takes no characters of four bytes: a row that has one is not written at all.
    pub is_of_old: bool,
    /// A plugin takes `capabilities` out of its answers.
    pub hides_capabilities: bool,
    /// A plugin takes `registered_date` out of its answers.
    pub hides_dates: bool,
    pub languages: Vec<String>,
    /// Meta keys registered with `show_in_rest`.
    pub meta_keys: Vec<String>,
    pub roles: BTreeMap<String, Vec<String>>,
    /// The plugin, where it is there; the agent is then one of its own, who may do nothing else.
    pub receiver: Option<Receiver>,
    faults: VecDeque<(String, Fault)>,
}

impl Default for WordPress {
    fn default() -> Self {
        let powers = ["read", "list_users", "create_users", "edit_users", "delete_users", "promote_users", "manage_options"];
        let roles = [
            ("administrator", &powers[..]),
            ("editor", &["read", "edit_posts", "unfiltered_html"]),
            ("author", &["read", "edit_posts"]),
            ("customer", &["read"]),
            ("subscriber", &["read"]),
        ];
        let roles = roles.iter().map(|(role, caps)| ((*role).to_owned(), caps.iter().map(|cap| (*cap).to_owned()).collect()));
        let site = Self(Mutex::new(State {
            people: BTreeMap::new(),
            next: 1,
            clock: 0,
            multisite: false,
            takes_batches: true,
            is_of_old: false,
            hides_capabilities: false,
            hides_dates: false,
            languages: vec!["de_DE".into()],
            meta_keys: vec!["colour".into()],
            roles: roles.collect(),
            receiver: None,
            faults: VecDeque::new(),
        }));
        site.add(AGENT, "agent@site.test", "administrator");
        site
    }
}

impl WordPress {
    /// The site of that name, for those who cannot set one up themselves: `wordpress`, and what is told behind a dash.
    pub fn named(name: &str) -> Option<Self> {
        let site = Self::default();
        match name.strip_prefix("wordpress")? {
            "" => {}
            "-loses-its-first-create" => site.next("POST /wp/v2/users", Fault::LoseAnswer),
            "-an-hour-ahead" => site.state().clock = 3600,
            "-multisite" => site.state().multisite = true,
            "-hides-capabilities" => site.state().hides_capabilities = true,
            _ => return None,
        }
        Some(site)
    }

    /// The state, to look at and to change.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Somebody who was there before, for years; their id.
    pub fn add(&self, login: &str, email: &str, role: &str) -> u64 {
        let mut state = self.state();
        let registered = state.now() - 100_000_000;
        state.insert(Person {
            login: login.into(),
            email: email.into(),
            password: "their own".into(),
            roles: vec![role.into()],
            registered,
            ..Person::default()
        })
    }

    /// The same, made so many seconds from now, by the site's clock.
    pub fn add_at(&self, login: &str, email: &str, role: &str, seconds: i64) -> u64 {
        let id = self.add(login, email, role);
        let mut state = self.state();
        let registered = state.now() + seconds;
        state.people.entry(id).and_modify(|person| person.registered = registered);
        id
    }

    /// The id of the account with that login.
    pub fn id(&self, login: &str) -> Option<u64> {
        self.state().people.iter().find(|(_, person)| person.login == login).map(|(id, _)| *id)
    }

    /// That account; a test fails if it is not there.
    pub fn person(&self, id: u64) -> Person {
        self.state().people[&id].clone()
    }

    /// What meets the next request with that line (`POST /wp/v2/users`).
    pub fn next(&self, line: &str, fault: Fault) {
        self.state().faults.push_back((line.to_owned(), fault));
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Vec<Act> {
        let mut state = self.state();
        if state.receiver.as_ref().is_some_and(|receiver| receiver.kills(request)) {
            return vec![Act::Reset];
        }
        let fault = state.fault(&request.line());
        let Ok((status, body, pages)) = state.dispatch(request, fault.clone()) else { return vec![Act::Reset] };
        if let Some(Fault::Garble) = fault {
            return vec![Act::Beneath(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".to_vec()), Act::Hang];
        }
        let pages = pages.map(|number| format!("X-WP-TotalPages: {number}"));
        let late = if let Some(Fault::Late(wait)) = fault { vec![Act::Wait(wait)] } else { Vec::new() };
        [late, vec![state.say(status, &body, &pages.iter().map(String::as_str).collect::<Vec<_>>())]].concat()
    }
}

/// Nothing comes back.
struct Lost;

/// `WordPress`' error.
pub struct No {
    status: u16,
    body: Value,
}

pub fn no(status: u16, code: &str, data: Value) -> No {
    No { status, body: json!({"code": code, "message": format!("As WordPress words {code}."), "data": data}) }
}

fn invalid(name: &str, code: &str) -> No {
    no(
        400,
        "rest_invalid_param",
        json!({"status": 400, "params": {name: "x"}, "details": {name: {"code": code, "message": "x", "data": null}}}),
    )
}

pub type Said = Result<(u16, Value, Option<usize>), No>;

impl State {
    /// The site's clock.
    pub fn now(&self) -> i64 {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
        i64::try_from(now).unwrap_or_default() + self.clock
    }

    pub fn insert(&mut self, person: Person) -> u64 {
        let id = self.next;
        self.next += 1;
        self.people.insert(id, person);
        id
    }

    fn say(&self, status: u16, body: &Value, headers: &[&str]) -> Act {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(self.now()).unwrap_or_default());
        let date = format!("Date: {}", httpdate::fmt_http_date(date));
        let mut all = vec![date.as_str()];
        all.extend(headers);
        act::json(status, &all, body)
    }

    fn fault(&mut self, line: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|(wanted, _)| wanted == line)?;
        self.faults.remove(at).map(|(_, fault)| fault)
    }

    /// The answer to a request, or to one of a batch.
    fn dispatch(&mut self, request: &Request, fault: Option<Fault>) -> Result<(u16, Value, Option<usize>), Lost> {
        match fault {
            Some(Fault::LoseRequest) => return Err(Lost),
            Some(Fault::Say(status, body)) => return Ok((status, body, None)),
            _ => {}
        }
        let (status, body, pages) = match self.route(request) {
            Ok(_) if request.line() == "POST /batch/v1" => self.batch(request)?,
            Ok(said) => said,
            Err(No { status, body }) => (status, body, None),
        };
        match fault {
            Some(Fault::LoseAnswer) => Err(Lost),
            Some(Fault::DoAndSay(status, body)) => Ok((status, body, None)),
            _ => {
                let fields = request.query.get("_fields").filter(|_| status < 300);
                Ok((status, fields.map_or(body.clone(), |fields| only(&body, &fields.split(',').collect::<Vec<_>>())), pages))
            }
        }
    }

    /// Each request in it, one after another; a fault that loses one loses the whole, with what was done by then.
    fn batch(&mut self, request: &Request) -> Result<(u16, Value, Option<usize>), Lost> {
        let mut responses = Vec::new();
        for one in request.json()["requests"].as_array().into_iter().flatten() {
            let inner = request.inner(one);
            let fault = self.fault(&inner.line());
            let (status, body, _) = if self.takes_batches {
                self.dispatch(&inner, fault)?
            } else {
                (400, no(400, "rest_batch_not_allowed", json!({"status": 400})).body, None)
            };
            responses.push(json!({"body": body, "status": status, "headers": {"Allow": "GET, POST"}}));
        }
        Ok((207, json!({"responses": responses}), None))
    }

    fn route(&mut self, request: &Request) -> Said {
        if request.route == "/" {
            let spaces = if self.receiver.is_some() { json!(["wp/v2", "rudr-sync/v1"]) } else { json!(["wp/v2"]) };
            return Ok((200, json!({"name": "A site", "namespaces": spaces, "authentication": {"application-passwords": {}}}), None));
        }
        let agent = self.agent(request)?;
        if let Some(receiver) = &self.receiver {
            let knows_early = receiver.knows_early;
            return if receiver::is_route(&request.route) { self.receive(request) } else { Err(receiver::fence(knows_early)) };
        }
        if request.line() == "POST /batch/v1" {
            let fits = request.json()["requests"].as_array().is_some_and(|requests| requests.len() <= 25);
            return if fits { Ok((207, json!({}), None)) } else { Err(invalid("requests", "rest_too_many_items")) };
        }
        let Some(rest) = request.route.strip_prefix("/wp/v2/users") else { return Err(no(404, "rest_no_route", json!({"status": 404}))) };
        let id = match rest.trim_start_matches('/') {
            "" => None,
            "me" => Some(agent),
            id => Some(id.parse().map_err(|_| no(404, "rest_no_route", json!({"status": 404})))?),
        };
        if let Some(id) = id
            && !self.people.contains_key(&id)
        {
            return Err(no(404, "rest_user_invalid_id", json!({"status": 404})));
        }
        match (request.method.as_str(), id) {
            ("GET", None) => Ok(self.search(request)),
            ("GET", Some(id)) => Ok((200, self.show(id, request.query.get("context").is_some_and(|c| c == "edit")), None)),
            ("POST", None) => self.create(request.json()),
            ("POST", Some(id)) => self.update(id, request.json()),
            ("DELETE", Some(id)) => self.delete(id, request),
            _ => Err(no(404, "rest_no_route", json!({"status": 404}))),
        }
    }

    fn agent(&self, request: &Request) -> Result<u64, No> {
        use base64::Engine as _;
        let given = request.headers.get("authorization").and_then(|value| value.strip_prefix("Basic "));
        let given = given.and_then(|value| base64::engine::general_purpose::STANDARD.decode(value).ok());
        let known = given.is_some_and(|given| given == format!("{AGENT}:{PASSWORD}").as_bytes());
        let agent = self.people.iter().find(|(_, person)| person.login == AGENT).map(|(id, _)| *id);
        agent.filter(|_| known).ok_or_else(|| no(401, "rest_not_logged_in", json!({"status": 401})))
    }

    fn show(&self, id: u64, whole: bool) -> Value {
        let person = &self.people[&id];
        let text = |name: &str| person.texts.get(name).cloned().unwrap_or(json!(""));
        let mut shown = json!({"id": id, "name": text("name"), "url": text("url"), "description": text("description"), "slug": person.login, "avatar_urls": {"24": "x"}});
        if whole {
            let caps: Map<_, _> = person
                .roles
                .iter()
                .flat_map(|role| self.roles.get(role).into_iter().flatten().chain([role]))
                .map(|cap| (cap.clone(), json!(true)))
                .collect();
            let when = jiff::Timestamp::from_second(person.registered).unwrap().strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
            shown["username"] = json!(person.login);
            shown["email"] = json!(person.email);
            shown["roles"] = json!(person.roles);
            shown["registered_date"] = json!(when);
            shown["capabilities"] = if caps.is_empty() { json!([]) } else { json!(caps) };
            for name in ["first_name", "last_name", "nickname", "locale"] {
                shown[name] = text(name);
            }
        }
        let meta: Map<_, _> = self.meta_keys.iter().map(|key| (key.clone(), person.meta.get(key).cloned().unwrap_or(json!("")))).collect();
        shown["meta"] = json!(meta);
        let hidden = [("capabilities", self.hides_capabilities), ("registered_date", self.hides_dates)];
        for (name, _) in hidden.iter().filter(|(_, is_hidden)| *is_hidden) {
            shown.as_object_mut().unwrap().remove(*name);
        }
        shown
    }

    /// A substring, in the address if it holds an `@`.
    fn search(&self, request: &Request) -> (u16, Value, Option<usize>) {
        let wanted = request.query.get("search").map(|s| s.to_lowercase()).unwrap_or_default();
        let number = |name: &str, or: usize| request.query.get(name).and_then(|n| n.parse().ok()).unwrap_or(or);
        let (page, per_page) = (number("page", 1), number("per_page", 10).min(100));
        let holds =
            |person: &Person| person.email.to_lowercase().contains(&wanted) || !wanted.contains('@') && person.login.contains(&wanted);
        let found: Vec<u64> = self.people.iter().filter(|(_, person)| holds(person)).map(|(id, _)| *id).collect();
        let shown: Vec<Value> = found.iter().skip((page - 1) * per_page).take(per_page).map(|id| self.show(*id, true)).collect();
        (200, json!(shown), Some(found.len().div_ceil(per_page)))
    }

    fn check(&self, given: &Value) -> Result<(), No> {
        if given["password"].as_str().is_some_and(|password| password.contains('\\')) {
            return Err(invalid("password", "rest_user_invalid_password"));
        }
        if given["locale"].as_str().is_some_and(|locale| !["", "en_US"].contains(&locale) && !self.languages.contains(&locale.to_owned())) {
            return Err(invalid("locale", "rest_not_in_enum"));
        }
        if given["email"].as_str().is_some_and(|email| !email.contains('@')) {
            return Err(invalid("email", "rest_invalid_email"));
        }
        let roles = given["roles"].as_array();
        if roles.into_iter().flatten().any(|role| !self.roles.contains_key(role.as_str().unwrap_or_default())) {
            return Err(no(400, "rest_user_invalid_role", json!({"status": 400})));
        }
        Ok(())
    }

    fn create(&mut self, given: Value) -> Said {
        let missing: Vec<&str> = ["username", "email", "password"].into_iter().filter(|name| !given[*name].is_string()).collect();
        if !missing.is_empty() {
            return Err(no(400, "rest_missing_callback_param", json!({"status": 400, "params": missing})));
        }
        self.check(&given)?;
        let (login, email) = (given["username"].as_str().unwrap_or_default(), given["email"].as_str().unwrap_or_default());
        let has_login = self.people.values().any(|person| person.login.eq_ignore_ascii_case(login));
        let has_email = self.people.values().any(|person| person.email.eq_ignore_ascii_case(email));
        if self.multisite && (has_login || has_email) {
            let additional: Vec<_> = [(has_login, "user_name"), (has_email, "user_email")]
                .iter()
                .filter(|(has, _)| *has)
                .map(|(_, code)| json!({"code": code}))
                .collect();
            let mut error = no(400, "rest_invalid_param", json!({"status": 400}));
            error.body["additional_errors"] = json!(additional);
            return Err(error);
        }
        if has_login || has_email {
            return Err(no(500, if has_login { "existing_user_login" } else { "existing_user_email" }, Value::Null));
        }
        let person = Person { login: login.to_owned(), registered: self.now(), roles: vec!["subscriber".into()], ..Person::default() };
        let id = self.insert(person);
        self.write(id, &given);
        Ok((201, self.show(id, true), None))
    }

    fn update(&mut self, id: u64, given: Value) -> Said {
        self.check(&given)?;
        if given["username"].as_str().is_some_and(|login| login != self.people[&id].login) {
            return Err(no(400, "rest_user_invalid_argument", json!({"status": 400})));
        }
        let taken = |email: &str| self.people.iter().any(|(other, person)| *other != id && person.email.eq_ignore_ascii_case(email));
        if given["email"].as_str().is_some_and(taken) {
            return Err(no(400, "rest_user_invalid_email", json!({"status": 400})));
        }
        self.write(id, &given);
        Ok((200, self.show(id, true), None))
    }

    fn write(&mut self, id: u64, given: &Value) {
        let keys = self.meta_keys.clone();
        let row = ["email", "password", "name", "url", "slug"];
        let is_long = |name: &str| given[name].as_str().is_some_and(|text| text.chars().any(|c| c.len_utf8() == 4));
        let is_lost = self.is_of_old && row.iter().any(|name| is_long(name));
        let Some(person) = self.people.get_mut(&id) else { return };
        for (name, value) in given.as_object().into_iter().flatten() {
            if is_lost && row.contains(&name.as_str()) {
                continue;
            }
            let text = value.as_str().unwrap_or_default().to_owned();
            match name.as_str() {
                "username" => {}
                "email" => person.email = text,
                "password" => person.password = text,
                "roles" => person.roles = serde_json::from_value(value.clone()).unwrap_or_default(),
                // What is not registered there is dropped in silence.
                "meta" => {
                    let known = value.as_object().cloned().unwrap_or_default().into_iter().filter(|(key, _)| keys.contains(key));
                    person.meta.extend(known);
                }
                // As `sanitize_text_field()` does.
                _ => drop(person.texts.insert(name.clone(), json!(text.trim()))),
            }
        }
    }

    fn delete(&mut self, id: u64, request: &Request) -> Said {
        if self.multisite {
            return Err(no(501, "rest_cannot_delete", json!({"status": 501})));
        }
        if request.query.get("force").is_none_or(|force| force != "true") {
            return Err(no(501, "rest_trash_not_supported", json!({"status": 501})));
        }
        let heir = request
            .query
            .get("reassign")
            .ok_or_else(|| no(400, "rest_missing_callback_param", json!({"status": 400, "params": ["reassign"]})))?;
        let heir_is_there = heir.parse().is_ok_and(|heir: u64| heir != id && self.people.contains_key(&heir));
        if heir != "false" && !heir_is_there {
            return Err(no(400, "rest_user_invalid_reassign", json!({"status": 400})));
        }
        let previous = self.show(id, true);
        self.people.remove(&id);
        Ok((200, json!({"deleted": true, "previous": previous}), None))
    }
}

/// `_fields`.
fn only(body: &Value, fields: &[&str]) -> Value {
    match body {
        Value::Array(list) => list.iter().map(|item| only(item, fields)).collect(),
        Value::Object(object) => object
            .iter()
            .filter(|(name, _)| fields.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
