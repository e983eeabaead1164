//! Each rule has its part in it.

use crate::link::Rule;
use crate::{RING, TREES, stories};

#[test]
fn without_any_of_the_rules_it_goes_wrong() {
    for without in
        [&[Rule::RefusalTells], &[Rule::CrossedGoesAgain], &[Rule::DifferenceMarks], &[Rule::DoubtGoesAgain], &[Rule::ArrivalIsNoted]]
    {
        let wrong = TREES.into_iter().chain([RING]).find_map(|shape| stories(shape, 20_000, without).err());
        println!("without {without:?}: {}", wrong.as_deref().unwrap_or("all goes well"));
        assert!(wrong.is_some(), "{without:?}");
    }
}
