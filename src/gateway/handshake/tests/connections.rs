//! What the two ends of a connection can rely on.

use super::Place;

#[tokio::test]
async fn both_ends_of_a_connection_and_no_other_derive_the_same() {
    let place = Place::begun();
    let (channel, client) = place.meet(&place.trust()).await;
    let (other, _client) = place.meet(&place.trust()).await;
    let (channel, client, other) = (channel.expect("one end"), client.expect("the other"), other.expect("one end"));
    assert!(channel.exporter.is_some());
    assert_eq!(channel.exporter, client.exporter());
    assert_ne!(channel.exporter, other.exporter);
    assert_eq!(channel.client_key, None);
}
