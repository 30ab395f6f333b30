"""Set-up requests as the providers send them, and the answers they demand, byte for byte."""

from __future__ import annotations

import hmac
from base64 import b64encode
from dataclasses import dataclass, field

JSON = "application/json"
TEXT = "text/plain"
SECRET = "a secret of the tests"


@dataclass(frozen=True)
class Case:
    """One set-up request to an endpoint of `provider`, and what goes back.

    `headers` are expected header lines beside the content type; `anywhere` whether every endpoint answers it.
    """

    provider: str
    status: int = 200
    content_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "POST"
    query: str = ""
    sent: bytes = b""
    sent_headers: tuple[tuple[str, str], ...] = field(default=())
    sent_type: str = JSON
    secret: str = SECRET
    words: str = ""
    anywhere: bool = False
    valid: bool = False
    note: str = ""


def signed_hex(text: bytes, alg: str = "sha256", key: bytes = SECRET.encode()) -> bytes:
    """Return an HMAC in hex."""
    return hmac.new(key, text, alg).hexdigest().encode()


EVENT_GRID = (
    b'[{"id":"2d1781af-3a4c-4d7c-bd0c-e34b19da4e66","topic":"/subscriptions/xxxxxxxx","subject":"","data":'
    b'{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6","validationUrl":"https://rp-eastus2.eventgrid.azure.net'
    b'/x"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2022-10-28T04:23:35.1981776Z",'
    b'"metadataVersion":"1","dataVersion":"1"}]'
)
URL_VERIFICATION = b'{"token":"Jhj5dZ","challenge":"3eZbrw1aBm2rZgRNFdxV","type":"url_verification"}'
SMARTCAR_4 = b'{"eventId":"52f6","eventType":"VERIFY","data":{"challenge":"3a5c8f72"},"meta":{"version":"4.0"}}'
SMARTCAR_2 = b'{"version":"2.0","webhookId":"5a8e","eventName":"verify","payload":{"challenge":"3a5c8f72"}}'
ZOOM = b'{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}'
SNS = (
    b'{"Type":"SubscriptionConfirmation","MessageId":"165545c9","Token":"2336412f37","TopicArn":"arn:aws:sns:us-west-2'
    b':123456789012:MyTopic","Message":"You have chosen to subscribe","SubscribeURL":"https://sns.us-west-2.amazonaws.com'
    b'/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37",'
    b'"Timestamp":"2012-04-26T20:45:04.751Z","SignatureVersion":"1","Signature":"EXAMPLEpH","SigningCertURL":'
    b'"https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb72.pem"}'
)
XERO = b'{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}'

CASES = (
    Case("google-rbm", 200, TEXT, b"1234567890", sent=b'{"clientToken":"SJENCPGJESMGUFPY","secret":"1234567890"}',
         words="Google RBM verified your address", anywhere=True),
    Case("meta", 200, TEXT, b"1158201444", method="GET", anywhere=True,
         query="hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock"),
    Case("dropbox", 200, TEXT, b"abc 123", (("X-Content-Type-Options", "nosniff"),), method="GET",
         query="challenge=abc%20123", sent_headers=(("User-Agent", "DropboxWebhooks/1.0"),), anywhere=True),
    Case("dropbox", 200, TEXT, b"abc123", method="GET", query="challenge=abc123", note="any client"),
    Case("nylas", 200, TEXT, b"bc609b38-c81f-47fb-a275-1d9bd61be968", method="GET",
         query="challenge=bc609b38-c81f-47fb-a275-1d9bd61be968"),
    Case("braintree", 200, TEXT, b"integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4", method="GET",
         query="bt_challenge=20f9f8ed05f77439fe955c977e4c8a53",
         secret="integration_public_key:integration_private_key"),
    Case("microsoft-graph", 200, TEXT, b"Validation: Testing client application reachability <b>&</b>",
         query="validationToken=Validation%3a+Testing+client+application+reachability+%3Cb%3E%26%3C%2Fb%3E",
         sent_type="text/plain; charset=utf-8", anywhere=True),
    Case("slack", 200, TEXT, b"3eZbrw1aBm2rZgRNFdxV", sent=URL_VERIFICATION, valid=True, anywhere=True,
         sent_headers=(("X-Slack-Signature", "v0=00"), ("X-Slack-Request-Timestamp", "1531420618"))),
    Case("slack", 200, TEXT, b"3eZbrw1aBm2rZgRNFdxV", sent=URL_VERIFICATION, note="unsigned"),
    Case("twitch", 200, TEXT, b"pogchamp-kappa-360noscope-vohiyo", anywhere=True,
         sent=b'{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"id":"f1c2a387"}}',
         sent_headers=(("Twitch-Eventsub-Message-Type", "webhook_callback_verification"),)),
    Case("monday", 200, JSON, b'{"challenge":"3eZbrw1aBm2rZgRNFdxV"}', sent=b'{"challenge": "3eZbrw1aBm2rZgRNFdxV"}'),
    Case("lark", 200, JSON, b'{"challenge":"3eZbrw1aBm2rZgRNFdxV"}', sent=URL_VERIFICATION, anywhere=True),
    Case("smartcar", 200, JSON, b'{"challenge":"' + signed_hex(b"3a5c8f72") + b'"}', sent=SMARTCAR_4),
    Case("smartcar", 200, JSON, b'{"challenge":"' + signed_hex(b"3a5c8f72") + b'"}', sent=SMARTCAR_2, note="2.0"),
    Case("azure-event-grid", 200, JSON, b'{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}',
         sent=EVENT_GRID, sent_headers=(("aeg-event-type", "SubscriptionValidation"),), anywhere=True),
    Case("cloudevents", 200, method="OPTIONS", anywhere=True,
         headers=(("WebHook-Allowed-Origin", "eventemitter.example.com"), ("WebHook-Allowed-Rate", "120"),
                  ("Allow", "POST, OPTIONS")),
         sent_headers=(("WebHook-Request-Origin", "eventemitter.example.com"), ("WebHook-Request-Rate", "120")),
         words="A CloudEvents sender was allowed to deliver"),
    Case("cloudevents", 200, method="OPTIONS", anywhere=True, note="without a rate",
         headers=(("WebHook-Allowed-Origin", "eventgrid.azure.net"), ("WebHook-Allowed-Rate", "*")),
         sent_headers=(("WebHook-Request-Origin", "eventgrid.azure.net"),),
         words="A CloudEvents sender was allowed to deliver"),
    Case("asana", 200, headers=(("X-Hook-Secret", "b537207f20cbfa02357cf448134da559"),), sent=b"{}", anywhere=True,
         sent_headers=(("X-Hook-Secret", "b537207f20cbfa02357cf448134da559"),)),
    Case("ringcentral", 200, headers=(("Validation-Token", "f0fd8e5a"),), anywhere=True,
         sent_headers=(("Validation-Token", "f0fd8e5a"),)),
    Case("okta", 200, JSON, b'{"verification":"FkJSPCWt7XqmGbO9gIQx"}', method="GET", anywhere=True,
         sent_headers=(("X-Okta-Verification-Challenge", "FkJSPCWt7XqmGbO9gIQx"),)),
    Case("x", 200, JSON, method="GET", query="crc_token=1337&nonce=abc", words="X checked your address",
         body=b'{"response_token":"sha256=%s"}'
         % b64encode(hmac.digest(SECRET.encode(), b"1337", "sha256"))),
    Case("zoom", 200, JSON, sent=ZOOM, valid=True,
         body=b'{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"%s"}' % signed_hex(b"qgg8vlvZRS6UYooatFL8Aw")),
    Case("trello", 200, method="HEAD"),
    Case("xero", 200, sent=XERO, valid=True),
    Case("xero", 401, sent=XERO, words="Xero asked with a signature that is not right", note="wrong"),
    Case("discord", 200, JSON, b'{"type":1}', sent=b'{"id":"1","application_id":"2","type":1,"version":1}', valid=True),
    Case("discord", 204, JSON, sent=b'{"version":1,"application_id":"1234560123453231555","type":0}', valid=True,
         note="webhook events"),
    Case("discord", 401, sent=b'{"id":"1","application_id":"2","type":1,"version":1}', note="wrong",
         words="Discord asked with a signature that is not right"),
    Case("notion", 200, sent=b'{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}',
         words="Notion sent its verification token", anywhere=True),
    Case("aws-sns", 200, sent=SNS, sent_type="text/plain; charset=UTF-8",
         sent_headers=(("x-amz-sns-message-type", "SubscriptionConfirmation"),),
         words="AWS SNS asks you to confirm the subscription", anywhere=True),
    Case("line", 200, sent=b'{"destination":"xxxxxxxxxx","events":[]}', valid=True, anywhere=True,
         sent_headers=(("x-line-signature", "AAAA"),)),
    Case("mandrill", 200, method="HEAD"),
    Case("mandrill", 200, sent=b"mandrill_events=%5B%5D", sent_type="application/x-www-form-urlencoded",
         sent_headers=(("X-Mandrill-Signature", "AAAA"),), anywhere=True, note="POST"),
    Case("dropbox-sign", 200, TEXT, b"Hello API Event Received", words="Dropbox Sign tested your address",
         sent=b"json=%7B%22event%22%3A%7B%22event_type%22%3A%22callback_test%22%7D%7D",
         sent_type="application/x-www-form-urlencoded"),
    Case("woocommerce", 200, sent=b"webhook_id=25", sent_type="application/x-www-form-urlencoded",
         words="WooCommerce pinged your address"),
    Case("viber", 200, sent=b'{"event":"webhook","timestamp":1457764197627,"message_token":241256543215}'),
)  # fmt: skip
"""Requests and answers from the providers' own pages and SDKs."""
