from applets.esim.saip.status import Finding, PackageError, Status, response

HERE = Finding(Status.BAD_VALUES, "too long", 8, "usim", 200)


def test_a_package_that_is_installed_is_ok():
    assert response([], aborted=False).hex() == "3007a0053003800100"


def test_a_refusal_names_status_element_and_offset():
    said = response([HERE], aborted=True).hex()
    assert said == "301aa00c300a800103810108830200c881008208" + b"too long".hex()


def test_a_warning_aborts_nothing():
    one = Finding(Status.PE_NOT_SUPPORTED, "unknown", 3, "nonStandard")
    assert response([one], aborted=False).hex() == "300aa0083006800101810103"


def test_a_message_has_at_most_64_characters():
    one = Finding(Status.BAD_VALUES, "é" * 100)
    assert response([one], aborted=True).endswith(b"\x82\x40" + b"?" * 64)


def test_a_finding_says_where_and_why():
    assert str(HERE) == "usim 8, offset 200: too long (bad-values, 3)"
    assert str(Finding(Status.BAD_VALUES, "x", None, "header")) == "header: x (bad-values, 3)"
    assert str(Finding(Status.OK, "x")) == "x (ok, 0)"


def test_the_innermost_element_is_named():
    error = PackageError(Status.BAD_VALUES, "x", 3).within(1, "mf").within(2, "end")
    assert (error.finding.element, error.finding.name) == (1, "mf")
    assert str(error) == "mf 1, offset 3: x (bad-values, 3)"
