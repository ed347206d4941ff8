"""Jobs on a small network with drawn weights and images."""
from bellshard_runs import JobTest
from plain_network import names_of, random_images, random_network, write_images, write_network


class NetworkTest(JobTest):
    stages = (2, 1)

    def setUp(self):
        super().setUp()
        self.tensors = random_network(1, self.stages)
        self.images, self.labels = random_images(2, 21)
        write_network(self.folder / "network.h5", self.tensors)
        write_images(self.folder / "images.h5", self.images, self.labels)
        self.names = names_of(self.stages)
        self.weights = [self.tensors[f"{name}/weight"] for name in self.names]
