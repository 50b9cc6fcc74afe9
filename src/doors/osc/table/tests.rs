//! The table and the catalogue agree.

use super::*;
use crate::wire::topic;

#[test]
fn every_address_names_what_there_is() {
    for entry in table().entries() {
        let names: Vec<&str> = entry.takes.iter().map(|take| take.name.as_str()).collect();
        match &entry.kind {
            Kind::Ask(ask) => {
                let sent = entry.takes.iter().filter(|take| take.form != Form::Kept).map(|take| &take.name);
                for name in sent.chain(entry.with.keys()) {
                    assert!(ask.action.param_called(name).is_some(), "{}: {name}", entry.address);
                }
                for field in ask.reply.iter().flatten() {
                    check_field(entry, ask, field, &names);
                }
            }
            Kind::Own(_) => (),
            Kind::Listen(listens) | Kind::StopListening(listens) => {
                for listen in listens {
                    let indexes = topic::index_names(&listen.topic).expect(&entry.address);
                    assert_eq!(indexes, names, "{}", entry.address);
                    assert!(listen.reply_to.contains("/get/"), "{}", entry.address);
                }
            }
        }
    }
}

fn check_field(entry: &Entry, ask: &Ask, field: &Field, names: &[&str]) {
    match field {
        Field::Text(_) => (),
        Field::Argument(name) => assert!(names.contains(&name.as_str()), "{}: {name}", entry.address),
        Field::Path(steps) => {
            let Some(Step::Member(first)) = steps.first() else { panic!("{}", entry.address) };
            let results = ask.action.entry["result"].as_array().expect("results");
            assert!(results.iter().any(|result| result["name"] == first.as_str()), "{}: {first}", entry.address);
        }
    }
}

#[test]
fn what_is_unsupported_is_not_in_the_table() {
    let both: Vec<_> = table().unsupported().filter(|(address, _)| table().find(address).is_some()).collect();
    assert!(both.is_empty(), "{both:?}");
}
