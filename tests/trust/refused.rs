//! What the site refuses holds back nothing else.

use crate::world::*;

#[test]
fn a_language_that_is_not_installed_holds_back_neither_role_nor_password() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"locale": "xx_XX"}))})));
    assert_eq!((made.status, made.refused["locale"].as_str()), (Status::Created, "rest_not_in_enum"));
    let id = made.id.unwrap();
    assert_eq!((world.site.person(id).password.as_str(), world.site.person(id).roles), ("first secret", vec!["author".to_owned()]));
    world.asked();

    let change =
        json!({"user": person(json!({"locale": "yy_YY", "roles": ["editor"], "user_pass": "second secret"})), "password_mark": "m2"});
    let changed = world.put(json!({}), both(kept(&made), change.clone()));
    assert_eq!((changed.status, changed.refused["locale"].as_str()), (Status::Updated, "rest_not_in_enum"));
    assert_eq!((world.site.person(id).password.as_str(), world.site.person(id).roles), ("second secret", vec!["editor".to_owned()]));
    assert_eq!(world.asked(), [get(id), post(id), post(id)]);

    let again = world.put(json!({}), both(kept(&changed), change));
    assert_eq!((again.status, world.asked()), (Status::Unchanged, Vec::new()), "not at every save");
    let known = world.put(
        json!({}),
        both(kept(&changed), json!({"user": person(json!({"locale": "de_DE", "roles": ["editor"]})), "password_mark": "m2"})),
    );
    assert_eq!((known.status, &world.site.person(id).texts["locale"]), (Status::Updated, &json!("de_DE")), "but when it changes");
}

#[test]
fn a_password_that_core_refuses_holds_back_no_role() {
    let world = World::new();
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    let change = json!({"user": person(json!({"user_pass": "back\\slash", "roles": ["editor"]})), "password_mark": "m2"});
    let outcome = world.put(json!({}), both(ann, change.clone()));
    assert_eq!((outcome.status, outcome.refused["user_pass"].as_str()), (Status::Updated, "rest_user_invalid_password"));
    assert_eq!((world.site.person(id).password.as_str(), world.site.person(id).roles), ("first secret", vec!["editor".to_owned()]));
    assert!(outcome.message.contains("backslash"), "{}", outcome.message);
    let again = world.put(json!({}), both(both(kept(&outcome), json!({"password_mark": "m2"})), change));
    assert_eq!(again.status, Status::Unchanged);
}

#[test]
fn a_password_that_core_refuses_still_makes_the_account() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"user_pass": "back\\slash"}))})));
    assert_eq!((made.status, made.refused["user_pass"].as_str()), (Status::Created, "rest_user_invalid_password"));
}

#[test]
fn an_address_that_somebody_else_has_there_holds_back_nothing_else() {
    let world = World::new();
    world.site.add("other", "other@b.test", "customer");
    let ann = world.ann();
    let id = world.site.id("ann").unwrap();
    let outcome = world.put(json!({}), both(ann, json!({"user": person(json!({"user_email": "other@b.test", "first_name": "Anna"}))})));
    assert_eq!((outcome.status, outcome.refused["user_email"].as_str()), (Status::Updated, "rest_user_invalid_email"));
    assert_eq!((world.site.person(id).email.as_str(), &world.site.person(id).texts["first_name"]), ("ann@a.test", &json!("Anna")));
    assert_eq!(outcome.holder, world.site.id("other"), "should that be another user of the same source, they will get another address");
    let again =
        world.put(json!({}), both(kept(&outcome), json!({"user": person(json!({"user_email": "other@b.test", "first_name": "Anna"}))})));
    assert_eq!((again.status, again.holder), (Status::Unchanged, None), "a stranger's is not asked for at every save");
}

#[test]
fn a_role_that_the_site_does_not_know_holds_back_nothing_else() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"roles": ["no_such_role"]}))})));
    assert_eq!((made.status, made.refused["roles"].as_str()), (Status::Created, "rest_user_invalid_role"));
    assert!(made.message.contains("no such role there"), "{}", made.message);
    assert_eq!(world.site.person(made.id.unwrap()).roles, Vec::<String>::new(), "nor does it give the site's default role");
}

#[test]
fn what_was_refused_goes_again_on_a_persons_order() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"locale": "xx_XX", "user_pass": "back\\slash"}))})));
    assert_eq!(made.refused.len(), 2, "{made:?}");
    let id = made.id.unwrap();
    world.site.state().languages.push("xx_XX".into());
    world.asked();
    let job = both(kept(&made), json!({"user": person(json!({"locale": "xx_XX", "user_pass": null}))}));
    let without = world.put(json!({}), both(job.clone(), json!({"retry": false})));
    assert_eq!((without.status, world.asked()), (Status::Unchanged, Vec::new()));
    let with = world.put(json!({}), both(job.clone(), json!({"retry": true})));
    assert_eq!((with.status, world.site.person(id).texts["locale"].clone()), (Status::Updated, json!("xx_XX")));
    assert_eq!(with.refused.get("user_pass").map(String::as_str), Some("rest_user_invalid_password"), "nobody can say what it is");
    world.asked();
    let again = both(job, json!({"user": person(json!({"locale": "xx_XX", "user_pass": "the same, but mended"})), "retry": true}));
    assert_eq!(world.put(json!({}), again).status, Status::Updated);
    assert_eq!(world.site.person(id).password, "the same, but mended");
}

#[test]
fn what_cannot_be_read_is_left_out_and_told_and_holds_back_nothing_else() {
    let world = World::new();
    let odd = json!({"user": {"user_login": "ann", "user_email": "ann@a.test", "first_name": 5, "last_name": "A", "roles": "author", "user_pass": []}});
    let made = world.put(json!({}), ann(odd));
    assert_eq!(made.status, Status::Created);
    let refused: Vec<_> = made.refused.iter().map(|(key, code)| format!("{key} {code}")).collect();
    assert_eq!(refused, ["first_name unreadable", "roles unreadable", "user_pass unreadable"]);
    let id = made.id.unwrap();
    assert_eq!((world.site.person(id).roles, &world.site.person(id).texts["last_name"]), (Vec::new(), &json!("A")));

    let changed = world.put(json!({}), both(kept(&made), json!({"user": {"first_name": 5, "last_name": "B", "user_pass": "at last"}})));
    assert_eq!((changed.status, changed.refused["first_name"].as_str()), (Status::Updated, "unreadable"));
    assert_eq!((&world.site.person(id).texts["last_name"], world.site.person(id).password.as_str()), (&json!("B"), "at last"));
    let good = world.put(json!({}), both(kept(&changed), json!({"user": {"first_name": "5", "last_name": "B"}})));
    assert_eq!((good.status, good.refused.len()), (Status::Updated, 0));
}

#[test]
fn meta_that_the_site_has_not_registered_is_told() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"meta_input": {"colour": "red", "size": "xl"}}))})));
    assert_eq!((made.status, made.refused.get("meta_input.size").map(String::as_str)), (Status::Created, Some("meta_not_registered")));
    assert!(!made.refused.contains_key("meta_input.colour"));
    assert_eq!(world.site.person(made.id.unwrap()).meta["colour"], "red");
}

#[test]
fn what_stands_refused_is_told_with_every_later_push_until_it_changes() {
    let world = World::new();
    let first = world.put(json!({}), ann(json!({"user": person(json!({"locale": "xx_XX", "user_pass": "back\\slash"}))})));
    let rename = json!({"user": person(json!({"locale": "xx_XX", "first_name": "Anna"})), "password_mark": "m1"});
    let second = world.put(json!({}), both(kept(&first), rename));
    assert_eq!((second.status, second.refused.get("locale").map(String::as_str)), (Status::Updated, Some("rest_not_in_enum")));
    assert_eq!(second.refused.get("user_pass").map(String::as_str), Some("rest_user_invalid_password"));
    let mend = json!({"user": person(json!({"locale": "de_DE", "first_name": "Anna", "user_pass": "better"})), "password_mark": "m2"});
    let third = world.put(json!({}), both(kept(&second), mend));
    assert_eq!((third.status, third.refused.len()), (Status::Updated, 0), "{third:?}");
}

#[test]
fn meta_that_the_user_never_had_is_not_spoken_of_but_removed_meta_is() {
    let world = World::new();
    let meta = |value: Value| json!({"user": person(json!({"meta_input": {"colour": value, "size": null}}))});
    let made = world.put(json!({}), ann(meta(json!("red"))));
    assert_eq!((made.status, made.refused.len()), (Status::Created, 0));
    world.asked();
    let removed = world.put(json!({}), both(kept(&made), meta(json!(null))));
    assert_eq!(removed.status, Status::Updated);
    assert_eq!(world.written()[0]["meta"], json!({"colour": null}));
}

#[test]
fn what_the_site_makes_of_a_value_by_its_own_rules_is_told() {
    let world = World::new();
    let made = world.put(json!({}), ann(json!({"user": person(json!({"first_name": " Ann "}))})));
    assert_eq!((made.status, made.refused.get("first_name").map(String::as_str)), (Status::Created, Some("altered")));
    let again = world.put(json!({}), both(kept(&made), json!({"user": person(json!({"first_name": " Ann "}))})));
    assert_eq!(again.status, Status::Unchanged, "and not sent again and again");
}

#[test]
fn a_change_whose_answer_was_lost_is_sent_anew_even_if_the_user_is_back_at_what_was_before() {
    let world = World::new();
    let link = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.next(&post(id), Fault::LoseAnswer);
    let lost = world.put(json!({}), both(link, json!({"user": person(json!({"first_name": "Anna"}))})));
    assert_eq!((lost.status, &world.site.person(id).texts["first_name"]), (Status::Retry, &json!("Anna")));
    let back = both(kept(&lost), json!({"user": person(json!({"first_name": "Ann"}))}));
    assert_eq!(world.put(json!({}), back).status, Status::Updated);
    assert_eq!(world.site.person(id).texts["first_name"], json!("Ann"));
}

#[test]
fn a_name_that_an_old_database_cannot_hold_takes_no_password_with_it() {
    let world = World::new();
    let made = world.ann();
    let id = world.site.id("ann").unwrap();
    world.site.state().is_of_old = true;
    let changed =
        json!({"user": {"display_name": "Ann \u{1F642}", "user_email": "new@a.test", "user_pass": "the next"}, "password_mark": "m2"});
    let outcome = world.put(json!({}), both(made.clone(), changed.clone()));
    assert_eq!((outcome.status, &outcome.refused["display_name"]), (Status::Updated, &"altered".to_owned()));
    let person = world.site.person(id);
    assert_eq!((person.email.as_str(), person.password.as_str()), ("new@a.test", "the next"));
    assert_eq!(world.asked(), [get(id), post(id), post(id)]);
    let again = world.put(json!({}), both(kept(&outcome), changed));
    assert_eq!((again.status, world.written()), (Status::Unchanged, Vec::new()));

    // Alone it has kept nothing from being written.
    let alone = world.put(json!({}), both(made, json!({"user": {"display_name": "Anna \u{1F642}"}})));
    assert_eq!((alone.status, world.asked()), (Status::Updated, vec![post(id)]));
}
