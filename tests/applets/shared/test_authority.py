from applets.shared.authority import CA, CA_CERTIFICATE, CA_KEY
from applets.shared.x509_issuer import Issuer


class Disk:
    def __init__(self):
        self.files = {}

    def text(self, path):
        return self.files[path].decode()

    def exists(self, path):
        return path in self.files

    def create(self, path, content, *, private=False):
        assert private is path.endswith(".key")
        self.files[path] = content


def test_a_folder_without_a_ca_gets_one_that_stays():
    disk = Disk()
    first = CA.read("folder", disk)
    assert set(disk.files) == {"folder/ca.pem", "folder/ca.key"}
    assert CA.read("folder", disk) == first
    assert Issuer.load(first[CA_CERTIFICATE.name].encode(), first[CA_KEY.name].encode())
