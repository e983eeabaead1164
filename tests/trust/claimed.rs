//! Ids that somebody noted in user meta.

use crate::world::*;

#[test]
fn a_noted_id_is_believed_only_where_the_address_agrees() {
    let world = World::new();
    let id = world.site.add("ann_of_b", "ann@a.test", "customer");
    let claim = json!({"remote_id": id});
    assert_eq!(short(&world.put(json!({}), ann(claim.clone()))), "rejected unproven");
    assert_eq!(world.asked(), [get(id)]);
    let outcome = world.put(json!({}), ann(both(claim, json!({"proved": true}))));
    assert_eq!((short(&outcome).as_str(), outcome.id, outcome.trust), ("found", Some(id), Some(Trust::Adopted)));
}

#[test]
fn a_noted_id_of_somebody_else_is_as_if_there_were_none() {
    let world = World::new();
    let other = world.site.add("other", "other@b.test", "customer");
    let boss = world.site.add("boss", "boss@b.test", "administrator");
    let before = world.everybody();
    for id in [other, boss, 999] {
        let outcome = world.put(json!({"adopt": "any"}), ann(json!({"remote_id": id, "proved": true})));
        assert_eq!((outcome.status, outcome.trust), (Status::Created, Some(Trust::Own)));
        assert_eq!(world.asked(), [get(id), CREATE.to_owned()]);
        world.site.state().people.remove(&outcome.id.unwrap());
    }
    assert_eq!(world.everybody(), before);
}

#[test]
fn a_noted_id_removes_nobody() {
    let world = World::new();
    let id = world.site.add("ann", "ann@a.test", "customer");
    let before = world.everybody();
    let outcome = world.remove(json!({"remove": "all", "adopt": "any"}), ann(json!({"remote_id": id, "proved": true})));
    assert_eq!(outcome.status, Status::Absent);
    assert_eq!(world.everybody(), before);
}
