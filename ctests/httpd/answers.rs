// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the server answers to single requests, good and bad.

use crate::client::{ask, get};
use crate::folder::{BIG, is_big};
use crate::support::Skip;
use crate::{Site, Test};

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("a_file", a_file),
    ("text_is_shown_whatever_its_name", text_is_shown_whatever_its_name),
    ("head_is_get_without_a_body", head_is_get_without_a_body),
    ("a_listing_links_to_what_it_names", a_listing_links_to_what_it_names),
    ("an_index_page_instead_of_a_listing", an_index_page_instead_of_a_listing),
    ("a_folder_without_its_slash_is_redirected", a_folder_without_its_slash_is_redirected),
    ("conditions_on_the_date", conditions_on_the_date),
    ("parts_of_a_file", parts_of_a_file),
    ("refusals", refusals),
    ("tolerated_requests", tolerated_requests),
    ("a_body_ends_the_connection", a_body_ends_the_connection),
];

fn a_file(site: &Site) -> Result<(), Skip> {
    let response = ask(site.server.address, get("/hello.txt"));
    assert_eq!((response.status, response.text()), (200, "hello, world\n"));
    assert_eq!(response.field("Content-Type"), Some("text/plain; charset=utf-8"));
    assert_eq!(response.field("Connection"), Some("keep-alive"));
    assert!(response.field("Date").unwrap().ends_with(" GMT"));
    let response = ask(site.server.address, get("/empty"));
    assert_eq!((response.status, response.text()), (200, ""));
    let response = ask(site.server.address, get("/deep//er/./file.css?query=%zz"));
    assert_eq!((response.status, response.text()), (200, "p {}\n"));
    assert_eq!(response.field("Content-Type"), Some("text/css; charset=utf-8"));
    Ok(())
}

/// A browser shows text, and saves what it is told is anything else.
fn text_is_shown_whatever_its_name(site: &Site) -> Result<(), Skip> {
    let (text, other) = ("text/plain; charset=utf-8", "application/octet-stream");
    for (path, kind) in [("/page.7", text), ("/core.1", other), ("/big.bin", other), ("/empty", text)] {
        let request = get(path).replace("GET", "HEAD");
        let mut client = site.server.connect();
        client.send(request);
        assert_eq!(client.head_response().field("Content-Type"), Some(kind), "{path}");
    }
    Ok(())
}

fn head_is_get_without_a_body(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    for (path, status) in
        [("/hello.txt", 200), ("/", 200), ("/list/", 200), ("/nope", 404), ("/deep", 301), ("/page/", 200)]
    {
        client.send(get(path));
        let full = client.response();
        client.send(get(path).replace("GET", "HEAD"));
        let head = client.head_response();
        assert_eq!((full.status, head.status), (status, status), "{path}");
        for field in ["Content-Length", "Content-Type", "Last-Modified", "Location"] {
            assert_eq!(full.field(field), head.field(field), "{path}");
        }
    }
    // Had any of the answers carried a body, this one would be out of step.
    client.send(get("/hello.txt"));
    assert_eq!(client.response().text(), "hello, world\n");
    Ok(())
}

fn a_listing_links_to_what_it_names(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    client.send(get("/list/"));
    let page = client.response();
    assert_eq!((page.status, page.field("Content-Type")), (200, Some("text/html; charset=utf-8")));
    let page = page.text();
    for shown in ["&lt;b&gt;&amp;amp.txt", "50%.txt", "it&#39;s &quot;quoted&quot;", "grün?#", "inner/"] {
        assert!(page.contains(&format!("\">{shown}</a>")), "{shown} in {page}");
    }
    assert!(!page.contains("<b>"), "{page}");
    let links: Vec<&str> =
        page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(
        links,
        ["/", "../", "inner/", "50%25.txt", "%3Cb%3E%26amp.txt", "gr%C3%BCn%3F%23", "it%27s%20%22quoted%22"]
    );
    for (link, text) in links[2..].iter().zip(["", "percent\n", "angle\n", "green\n", "quote\n"]) {
        client.send(get(&format!("/list/{link}")));
        let response = client.response();
        assert_eq!(response.status, 200, "{link}");
        assert!(link.ends_with('/') || response.text() == text, "{link}");
    }
    Ok(())
}

fn an_index_page_instead_of_a_listing(site: &Site) -> Result<(), Skip> {
    let response = ask(site.server.address, get("/page/"));
    assert_eq!((response.status, response.text()), (200, "<p>a page</p>\n"));
    assert_eq!(response.field("Content-Type"), Some("text/html; charset=utf-8"));
    Ok(())
}

fn a_folder_without_its_slash_is_redirected(site: &Site) -> Result<(), Skip> {
    for (path, location) in [
        ("/page", "/page/"),
        ("/deep/er", "/deep/er/"),
        ("/page?a=b", "/page/?a=b"),
        ("/%70age", "/page/"),
        // "Location: //page/" would send the client to another host.
        ("//page", "/page/"),
        ("/%2fpage", "/page/"),
    ] {
        let response = ask(site.server.address, get(path));
        assert_eq!((response.status, response.field("Location")), (301, Some(location)), "{path}");
    }
    Ok(())
}

fn conditions_on_the_date(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    client.send(get("/hello.txt"));
    let modified = client.response().field("Last-Modified").unwrap().to_string();
    for (date, status) in [
        (modified.as_str(), 304),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 304),
        ("Thu, 01 Jan 1998 00:00:00 GMT", 200),
        // The older forms of dates, which RFC 9110 wants to be understood.
        ("Fri Jan  1 00:00:00 2100", 304),
        ("Thursday, 01-Jan-98 00:00:00 GMT", 200),
        ("Fri, 01 Jan 2100 00:00:00 GMT, and more", 200),
        ("yesterday", 200),
    ] {
        let field = format!("Host: x\r\nIf-Modified-Since: {date}\r\n");
        client.send(get("/hello.txt").replace("Host: localhost\r\n", &field));
        let response = client.response();
        assert_eq!((response.status, response.body.is_empty()), (status, status == 304), "{date}");
    }
    Ok(())
}

fn parts_of_a_file(site: &Site) -> Result<(), Skip> {
    let mut client = site.server.connect();
    let mut part = |path: &str, fields: &str| {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n"));
        client.response()
    };
    for (range, status, text) in [
        ("bytes=0-4", 206, "hello"),
        ("bytes=7-", 206, "world\n"),
        ("bytes=-6", 206, "world\n"),
        ("bytes=-99", 206, "hello, world\n"),
        ("bytes=12-99999999999999999999999999", 206, "\n"),
        ("bytes=13-", 416, ""),
        ("bytes=99999999999999999999999999-", 416, ""),
        ("bytes=-0", 416, ""),
        // Not understood, or several at once: all of it.
        ("bytes=5-2", 200, "hello, world\n"),
        ("bytes=0-1,3-4", 200, "hello, world\n"),
        ("bytes=", 200, "hello, world\n"),
        ("bytes=-", 200, "hello, world\n"),
        ("bytes=--1", 200, "hello, world\n"),
        ("lines=0-1", 200, "hello, world\n"),
    ] {
        let response = part("/hello.txt", &format!("Range: {range}"));
        let shown = if status == 416 { "" } else { response.text() };
        assert_eq!((response.status, shown), (status, text), "{range}");
    }
    assert_eq!(part("/hello.txt", "Range: bytes=7-").field("Content-Range"), Some("bytes 7-12/13"));
    assert_eq!(part("/hello.txt", "Range: bytes=13-").field("Content-Range"), Some("bytes */13"));
    // RFC 9110 knows parts for GET alone.
    let head = get("/hello.txt").replace("GET", "HEAD").replace("\r\n\r\n", "\r\nRange: bytes=0-4\r\n\r\n");
    let mut other = site.server.connect();
    other.send(head);
    assert_eq!(other.head_response().field("Content-Length"), Some("13"));
    assert_eq!(part("/empty", "Range: bytes=0-").status, 416);
    assert_eq!(part("/hello.txt", "Range: bytes=0-4\r\nIf-Range: \"another\"").status, 200);

    let offset = BIG - 70_000;
    let response = part("/big.bin", &format!("Range: bytes={offset}-"));
    assert!(response.status == 206 && response.body.len() == 70_000 && is_big(&response.body, offset));
    Ok(())
}

fn refusals(site: &Site) -> Result<(), Skip> {
    let long = "a".repeat(5000);
    let host = "Host: x\r\n";
    for (request, status) in [
        (get("/nope"), 404),
        (get("/hello.txt/"), 404),
        (get("/hello.txt/more"), 404),
        (get(&format!("/{}", &long[..300])), 404),
        (get("/fifo"), 403),
        (get("/%"), 400),
        (get("/%4"), 400),
        (get("/%4g"), 400),
        (get("hello.txt"), 400),
        (get("*"), 400),
        (get("/a b"), 400),
        (get("/a\tb"), 400),
        (get(&format!("/{long}")), 414),
        (get(&format!("/{}", long.repeat(2))), 414),
        (get("/hello.txt").replace("localhost", &long.repeat(2)), 431),
        (get("/hello.txt").replace("1.1", "2.0"), 505),
        (get("/hello.txt").replace("1.1", "1.10"), 400),
        (get("/hello.txt").replace("HTTP/1.1", "http/1.1"), 400),
        (get("/hello.txt").replace("HTTP/1.1", "HTTP/x.1"), 400),
        (get("/hello.txt").replace(" HTTP/1.1", ""), 400),
        (get("/hello.txt").replace("Host: localhost\r\n", ""), 400),
        (get("/hello.txt").replace("Host: localhost\r\n", &host.repeat(2)), 400),
        (get("/hello.txt").replace("Host:", "Host :"), 400),
        (get("/hello.txt").replace("\r\n\r\n", "\r\n folded\r\n\r\n"), 400),
        (get("/hello.txt").replace("\r\n\r\n", "\r\nno colon\r\n\r\n"), 400),
        (get("/hello.txt").replace("localhost", "local\0host"), 400),
        (get("/hello.txt").replace("localhost", "local\rhost"), 400),
        (get("/hello.txt").replace("GET", "G(T"), 400),
        (get("/hello.txt").replace("GET", "get"), 405),
        (get("/hello.txt").replace("GET", "DELETE"), 405),
        ("\x16\x03\x01 a greeting of TLS\n\n".into(), 400),
    ] {
        let mut client = site.server.connect();
        client.send(&request);
        let response = client.response();
        assert_eq!(response.status, status, "{request:?}");
        assert_eq!(response.field("Allow"), (status == 405).then_some("GET, HEAD"), "{request:?}");
        if [400, 414, 431, 505].contains(&status) {
            // Where one request is not understood, it is not known where the next one starts.
            assert_eq!(response.field("Connection"), Some("close"), "{request:?}");
            client.expect_end();
        }
    }
    Ok(())
}

fn tolerated_requests(site: &Site) -> Result<(), Skip> {
    for request in [
        get("/hello.txt").replace("\r\n", "\n"),
        format!("\r\n\r\n{}", get("/hello.txt")),
        get("http://localhost:80/hello.txt"),
        get("/hello.txt").replace("Host: ", "hOST:\t"),
        get("/hello%2Etxt"),
        get("/link-inside").replace("link-inside", "hello.txt?%00/../.."),
        "GET /hello.txt HTTP/1.0\r\n\r\n".into(),
    ] {
        let response = ask(site.server.address, &request);
        assert_eq!((response.status, response.text()), (200, "hello, world\n"), "{request:?}");
    }
    Ok(())
}

/// A server that takes a body for a request, or the other way round, can be made to act on another client's bytes.
fn a_body_ends_the_connection(site: &Site) -> Result<(), Skip> {
    let smuggled = get("/hello.txt");
    for fields in [
        format!("Content-Length: {}", smuggled.len()),
        "Transfer-Encoding: chunked".into(),
        "Transfer-Encoding: 0".into(),
        "Content-Length: 0\r\nTransfer-Encoding: chunked".into(),
    ] {
        for (method, status) in [("POST", 405), ("GET", 200)] {
            let mut client = site.server.connect();
            client.send(format!("{method} /empty HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{smuggled}"));
            let response = client.response();
            assert_eq!((response.status, response.field("Connection")), (status, Some("close")));
            client.expect_end();
        }
    }
    Ok(())
}
