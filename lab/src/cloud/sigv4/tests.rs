//! Vectors made by botocore 1.44.5 with its clock held still.

use super::*;

const SECRET: &str = "labSecretKeyThatIsFortyCharactersLong+/00";
const MOMENT: &str = "20261121T041500Z";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn signed(head: &str, claim: &Claim, payload: &str) -> String {
    let request = Request::parse(head);
    let canonical = canonical(&request, &claim.scope, &claim.signed, payload);
    signature(SECRET, &claim.scope, &to_sign(&canonical, MOMENT, &claim.scope))
}

#[test]
fn signatures_are_those_of_botocore() {
    let table = [
        (
            "POST / HTTP/1.1\r\nHost: api.ecr.ap-northeast-1.amazonaws.com\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken\r\n",
            "ecr",
            "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
            "39de2f4c9d7360b5ed0c7a7bd6fdef30206ec527a5ef1bc9fc517972fcf72cfc",
            sha256(b"{}"),
        ),
        (
            "GET /a%20folder/prod.env?location=&list-type=2&prefix=a%2Fb%20c HTTP/1.1\r\n\
             Host: app-config.s3.ap-northeast-1.amazonaws.com\r\nX-Amz-Content-SHA256: \
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n",
            "s3",
            "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
            "d226cdc6868bcef69c2fda16549be5aa123f8461cd08fd703fc6b5c27d6fd948",
            EMPTY.to_owned(),
        ),
        (
            "GET /a%20b/c HTTP/1.1\r\nHost: x.execute-api.ap-northeast-1.amazonaws.com\r\nMy-Header:   two   spaces  \r\n",
            "execute-api",
            "host;my-header;x-amz-date;x-amz-security-token",
            "f065688b6b9b94c83061b1403a086bdc49725ebaa46cdecd91d4401d65273556",
            EMPTY.to_owned(),
        ),
    ];
    for (head, service, headers, expected, payload) in table {
        let head = format!("{head}X-Amz-Date: {MOMENT}\r\nX-Amz-Security-Token: lab/session+token==\r\n\r\n");
        let credential = format!("ASIALABEXAMPLEKEY001/20261121/ap-northeast-1/{service}/aws4_request");
        let header = format!("{ALGORITHM} Credential={credential}, SignedHeaders={headers}, Signature={expected}");
        let claim = Claim::from_header(&header).unwrap();
        assert_eq!(signed(&head, &claim, &payload), claim.signature, "{service}");
        let other = head.replace("Host: ", "Host: x");
        assert_ne!(signed(&other, &claim, &payload), claim.signature, "{service}");
    }
}

#[test]
fn a_presigned_address_is_that_of_botocore() {
    let head = "GET /1a2b-123456789012-x/y?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIALABEXAMPLEKEY001%2F\
        20261121%2Fap-northeast-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T041500Z&X-Amz-Expires=3600&\
        X-Amz-SignedHeaders=host&X-Amz-Security-Token=lab%2Fsession%2Btoken%3D%3D&X-Amz-Signature=00 HTTP/1.1\r\n\
        Host: prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com\r\n\r\n";
    let expected = "bf0f754a065a5a417c84a6ddcc461cea934ca1d49de3e5056b9775df23cd486f";
    let credential = "ASIALABEXAMPLEKEY001/20261121/ap-northeast-1/s3/aws4_request";
    let claim = Claim::new(credential, "host", expected).unwrap();
    assert_eq!(signed(head, &claim, "UNSIGNED-PAYLOAD"), expected);
}

#[test]
fn what_is_no_claim_is_none() {
    for text in ["Basic abc", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0", ALGORITHM] {
        assert_eq!(Claim::from_header(text), None, "{text}");
    }
}

#[test]
fn escapes_go_and_come() {
    assert_eq!(escape("a b/c~+é"), "a%20b%2Fc~%2B%C3%A9");
    assert_eq!(unescape("a%20b%2Fc~%2B%C3%A9%zz%2"), "a b/c~+é%zz%2");
}
