//! The nine functions: arguments in, the core asked, values out.

use super::guard::{self, Thrown};
use super::sites::{self, Given};
use super::{arguments, arrays, ini, jobs, wait};
use crate::failure::Failure;
use crate::input::BadInput;
use crate::secret::{self, Key, SealError, Secret};
use crate::sync::Call;
use crate::terms::Terms;
use crate::{judge, sync};
use ext_php_rs::args::Arg;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::{BailoutGuard, ExecuteData};

type Returned<T> = Result<T, Thrown>;

/// Every function with its signature.
pub fn all() -> Vec<FunctionBuilder<'static>> {
    let array = |name: &str| Arg::new(name, DataType::Array);
    let int = |name: &str| Arg::new(name, DataType::Long);
    let text = |name: &str| Arg::new(name, DataType::String);
    // The `string` of `Site|string|null` is added at module start.
    let site = || Arg::new("site", DataType::object("RudrSync\\Site")).allow_null().default("null");
    vec![
        FunctionBuilder::new("rudr_sync_create", create).arg(array("user")).arg(site()).required_args(1).returns(
            DataType::Long,
            false,
            false,
        ),
        FunctionBuilder::new("rudr_sync_update", update).arg(int("remote_id")).arg(array("user")).arg(site()).required_args(2).returns(
            DataType::Long,
            false,
            false,
        ),
        FunctionBuilder::new("rudr_sync_delete", delete)
            .arg(int("remote_id"))
            .arg(int("reassign").allow_null().default("null"))
            .arg(site())
            .required_args(1)
            .returns(DataType::Bool, false, false),
        FunctionBuilder::new("rudr_sync_find", find).arg(text("email")).arg(site()).required_args(1).returns(DataType::Long, false, true),
        FunctionBuilder::new("rudr_sync_deliver", deliver)
            .arg(array("jobs"))
            .arg(site())
            .arg(array("call").default("[]"))
            .required_args(1)
            .returns(DataType::Array, false, false),
        FunctionBuilder::new("rudr_sync_check", check).arg(site()).required_args(0).returns(DataType::Array, false, false),
        FunctionBuilder::new("rudr_sync_judge", judge).arg(text("state").allow_null()).arg(array("outcomes")).required_args(2).returns(
            DataType::Array,
            false,
            false,
        ),
        FunctionBuilder::new("rudr_sync_sites", all_sites).required_args(0).returns(DataType::Array, false, false),
        FunctionBuilder::new("rudr_sync_seal", seal)
            .arg(text("plain"))
            .arg(array("bound"))
            .arg(text("key").default("''"))
            .required_args(2)
            .returns(DataType::String, false, false),
    ]
}

/// For each function that PHP calls, the one below that does the work.
macro_rules! handlers {
    ($($handler:ident: $work:path,)*) => {$(
        extern "C" fn $handler(ex: &mut ExecuteData, result: &mut Zval) {
            guard::call(|| {
                let value = $work(ex)?;
                *result = value.into_zval(false).map_err(cannot_return)?;
                Ok(())
            });
        }
    )*};
}

handlers! {
    create: do_create,
    update: do_update,
    delete: do_delete,
    find: do_find,
    deliver: do_deliver,
    check: do_check,
    judge: do_judge,
    all_sites: do_sites,
    seal: do_seal,
}

fn do_create(ex: &mut ExecuteData) -> Returned<i64> {
    let (user, site) = arguments::array_site(ex)?;
    let site = Given::read(site, 2)?;
    let user = arrays::user(user).map_err(|bad| Thrown::key(1, &bad))?;
    let call = call(site)?;
    signed(wait::during(|tick| call.create(user, tick))??)
}

fn do_update(ex: &mut ExecuteData) -> Returned<i64> {
    let (id, user, site) = arguments::id_array_site(ex)?;
    let site = Given::read(site, 3)?;
    let id = positive(id, 1)?;
    let user = arrays::user(user).map_err(|bad| Thrown::key(2, &bad))?;
    let call = call(site)?;
    signed(wait::during(|tick| call.update(id, user, tick))??)
}

fn do_delete(ex: &mut ExecuteData) -> Returned<bool> {
    let (id, heir, site) = arguments::id_id_site(ex)?;
    let site = Given::read(site, 3)?;
    let id = positive(id, 1)?;
    let heir = heir.map(|heir| u64::try_from(heir).map_err(|_| Thrown::argument(2, "must be greater than or equal to 0"))).transpose()?;
    let call = call(site)?;
    Ok(wait::during(|tick| call.delete(id, heir, tick))??)
}

fn do_find(ex: &mut ExecuteData) -> Returned<Option<i64>> {
    let (email, site) = arguments::text_site(ex)?;
    let site = Given::read(site, 2)?;
    let email = arguments::utf8(email, 1)?.to_owned();
    let call = call(site)?;
    wait::during(|tick| call.find(&email, tick))??.map(signed).transpose()
}

fn do_deliver(ex: &mut ExecuteData) -> Returned<ZBox<ZendHashTable>> {
    let (given, site, terms) = arguments::array_site_array(ex)?;
    let site = Given::read(site, 2)?;
    let terms = terms.map_or_else(|| Ok(Terms::default()), arrays::terms).map_err(|bad| Thrown::key(3, &bad))?;
    let given = arrays::values(given);
    // A job that cannot be read is that job's outcome, not an exception that holds back the others.
    let jobs = given.iter().map(|job| jobs::read(job)).collect();
    let refs: Vec<Zval> = given.iter().map(|job| jobs::reference(job)).collect();
    let call = call(site)?.under(terms);
    // Where PHP's memory does not suffice for all of them, the engine jumps over this frame: they are ours to give back.
    let mut outcomes = BailoutGuard::new(wait::during(|tick| call.deliver(jobs, tick))??);
    let mut list = ZendHashTable::with_capacity(u32::try_from(outcomes.len()).unwrap_or(0));
    let place = guard::panicked().unwrap_or_default();
    for (outcome, given_ref) in outcomes.iter_mut().zip(refs) {
        if outcome.code.as_deref() == Some(Failure::BUG) {
            outcome.message.push_str(&place);
        }
        let rows = outcome.rows();
        // One more than these: the reference.
        let mut outcome = arrays::rows(rows.len() + 1, rows.iter().map(|(key, value)| (*key, value))).map_err(cannot_return)?;
        outcome.insert("ref", given_ref).map_err(cannot_return)?;
        list.push(outcome).map_err(cannot_return)?;
    }
    Ok(list)
}

fn do_check(ex: &mut ExecuteData) -> Returned<ZBox<ZendHashTable>> {
    let site = Given::read(arguments::site(ex)?, 1)?;
    let call = call(site)?;
    let steps = wait::during(|tick| call.check(tick))?;
    let mut list = ZendHashTable::new();
    for step in steps {
        list.push(arrays::table(&step.to_map()).map_err(cannot_return)?).map_err(cannot_return)?;
    }
    Ok(list)
}

fn do_judge(ex: &mut ExecuteData) -> Returned<ZBox<ZendHashTable>> {
    let (state, outcomes) = arguments::maybe_text_array(ex)?;
    let state = state.map(arrays::opaque);
    let outcomes: Result<Vec<_>, BadInput> = arrays::values(outcomes).into_iter().map(arrays::outcome).collect();
    let outcomes = outcomes.map_err(|bad| Thrown::key(2, &bad))?;
    arrays::table(&judge::judge(state.as_deref(), &outcomes).to_map()).map_err(cannot_return)
}

fn do_sites(ex: &mut ExecuteData) -> Returned<ZBox<ZendHashTable>> {
    arguments::none(ex)?;
    arrays::table(&sites::list()?).map_err(cannot_return)
}

fn do_seal(ex: &mut ExecuteData) -> Returned<String> {
    let (plain, bound, key) = arguments::text_array_text(ex)?;
    let plain = Secret::new(arguments::utf8(plain, 1)?);
    let bound = arrays::texts(bound).map_err(|bad| Thrown::key(2, &bad))?;
    let key = match key {
        Some(key) if !key.as_bytes().is_empty() => Key::derive(arguments::utf8(key, 3)?),
        _ => sync::key_file(&ini::settings())?,
    };
    let bound: Vec<&str> = bound.iter().map(String::as_str).collect();
    let sealed = key.ok_or(SealError::NoKey).and_then(|key| secret::seal(&plain, &bound, &key));
    sealed.map_err(|error| Failure::local(error.code(), error.to_string()).into())
}

fn call(site: Given) -> Returned<Call> {
    let settings = ini::settings();
    Ok(Call::new(site.resolve(&settings)?, settings))
}

fn positive(id: i64, number: u32) -> Returned<u64> {
    u64::try_from(id).ok().filter(|id| *id > 0).ok_or_else(|| Thrown::argument(number, "must be greater than 0"))
}

fn signed(id: u64) -> Returned<i64> {
    i64::try_from(id).map_err(|_| Failure::local("not_wordpress", "the site named an id that is larger than PHP's integers").into())
}

fn cannot_return(_: ext_php_rs::error::Error) -> Thrown {
    Thrown::Failed(Failure::bug("the result could not be handed to PHP"))
}
