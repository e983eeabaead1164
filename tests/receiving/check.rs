//! The check of a site with the plugin.

use crate::world::*;
use rudr_sync::check::Step;

fn check(world: &World) -> Vec<Step> {
    world.call(json!({}), Terms::default()).check(&mut || true)
}

#[test]
fn an_agent_of_the_receiver_is_told_as_that() {
    let world = World::new();
    let steps = check(&world);
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
    assert_eq!(
        steps.iter().map(|step| step.check).collect::<Vec<_>>(),
        ["address", "connect", "wordpress", "application_passwords", "login", "rights"]
    );
    let (login, rights) = (&steps[4], &steps[5]);
    assert!(login.detail.contains("receiver") && login.detail.contains(env!("CARGO_PKG_VERSION")), "{}", login.detail);
    assert!(rights.detail.contains("nothing else"), "{}", rights.detail);
    assert_eq!(world.asked(), ["GET /", ABOUT]);
}

#[test]
fn a_receiver_of_another_time_is_told() {
    let world = World::new();
    world.plugin().receiver.as_mut().unwrap().version = "9.9".into();
    let last = check(&world).pop().unwrap();
    assert_eq!((last.check, last.ok), ("receiver", false));
    assert!(last.detail.contains("9.9") && last.fix.contains("older"), "{last:?}");
}

#[test]
fn where_the_plugin_is_and_the_login_is_no_agents_it_is_said_how_to_make_one() {
    let world = World::new();
    let forbidden = json!({"code": "rest_forbidden", "message": "This account is not an agent.", "data": {"status": 403}});
    world.site.next(ABOUT, Fault::Say(403, forbidden));
    world.site.next(ME, Fault::DoAndSay(200, me()));
    let steps = check(&world);
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
    let rights = steps.last().unwrap();
    assert!(rights.detail.contains("wp rudr-sync agent") && rights.detail.contains("administrator"), "{}", rights.detail);
}

#[test]
fn an_agent_whom_the_receiver_does_not_hear_is_told_why() {
    let world = World::new();
    let barred = json!({"code": "rudr_sync_address", "message": "This address may not call.", "data": {"status": 403}});
    world.site.next(ABOUT, Fault::Say(403, barred));
    let last = check(&world).pop().unwrap();
    assert_eq!((last.check, last.ok), ("login", false));
    assert!(last.detail.contains("This address may not call"), "{}", last.detail);
}

#[test]
fn a_plain_site_is_told_that_the_plugin_would_be_better() {
    let world = World::plain();
    let rights = check(&world).pop().unwrap();
    assert!(rights.ok && rights.detail.contains("plugin"), "{}", rights.detail);
    assert_eq!(world.asked(), ["GET /", ME]);
}

#[test]
fn a_wrong_password_is_told_there_too() {
    let world = World::new();
    let site = crate::calls::site(&world.rude.url(SITE), AGENT, "another", json!({}), &Settings::default()).unwrap();
    let call = rudr_sync::sync::Call::new(std::sync::Arc::new(site), Settings::default());
    let last = call.check(&mut || true).pop().unwrap();
    assert_eq!((last.check, last.ok), ("login", false));
    assert!(last.fix.contains("One of three"), "{}", last.fix);
}

fn me() -> Value {
    let powers = ["list_users", "create_users", "edit_users", "delete_users", "promote_users"];
    json!({"id": 1, "username": AGENT, "email": "agent@site.test", "roles": ["administrator"],
        "capabilities": powers.iter().map(|power| ((*power).to_owned(), json!(true))).collect::<serde_json::Map<_, _>>()})
}
