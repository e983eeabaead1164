//! Single calls do as they are told.

use crate::world::*;

#[test]
fn a_single_create_says_who_is_in_the_way_and_takes_over_only_where_told() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let create = |options: Value, login: &str, email: &str| {
        let user = user(json!({"user_login": login, "user_email": email, "first_name": "Ann"}));
        call(&world.rude.url(SITE), options).create(user, &mut || true)
    };
    let conflict = failed(create(json!({}), "ann", "ann@a.test"));
    assert_eq!(
        (conflict.kind, conflict.code.as_str(), conflict.remote_id, conflict.retryable),
        (Kind::Conflict, "existing_user_email", Some(id), false)
    );
    let conflict = failed(create(json!({"adopt": "any"}), "ann_of_b", "new@a.test"));
    assert_eq!((conflict.kind, conflict.code.as_str(), conflict.remote_id), (Kind::Conflict, "existing_user_login", None));
    assert_eq!(create(json!({"adopt": "any"}), "ann", "ann@a.test").unwrap(), id);
    assert_eq!(world.site.person(id).texts["first_name"], "Ann");

    world.site.add("boss", "boss@b.test", "administrator");
    let before = world.everybody();
    assert_eq!(failed(create(json!({"adopt": "any"}), "ann2", "boss@b.test")).kind, Kind::Conflict);
    assert_eq!(world.everybody(), before);
}

#[test]
fn a_single_find_is_exact() {
    let world = World::new();
    world.site.add("joann", "joann@a.test", "customer");
    let id = world.site.add("ann", "Ann@a.test", "customer");
    let find = |email: &str| call(&world.rude.url(SITE), json!({})).find(email, &mut || true).unwrap();
    assert_eq!(find("ann@A.test"), Some(id));
    assert_eq!((find("nn@a.test"), find("ann@a.tes"), find("")), (None, None, None));
}

#[test]
fn a_single_update_carries_the_login_if_it_is_given_and_so_meets_nobody_else() {
    let world = World::new();
    let id = world.site.add("zoe", "zoe@b.test", "customer");
    let wrong =
        failed(
            call(&world.rude.url(SITE), json!({})).update(id, user(json!({"user_login": "ann", "user_pass": "x secret"})), &mut || true),
        );
    assert_eq!((wrong.kind, wrong.code.as_str()), (Kind::Rejected, "rest_user_invalid_argument"));
    assert_eq!(world.site.person(id).password, "their own");
}
