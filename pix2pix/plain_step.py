"""The step of training as it is usually written for PyTorch: what the benchmark compares with.

The same networks with batch normalisation, real and fake pairs through the discriminator one after the other,
Adam one weight at a time, float32 throughout, the library's convolutions for every map.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.layers import use_library_convolutions
from pix2pix.losses import gan_loss
from pix2pix.networks import PatchGAN, make_generator
from pix2pix.options import TrainOptions


class PlainLearner:
    """Learns as Learner does, without any of what makes that quick."""

    def __init__(self, options: TrainOptions) -> None:
        torch.manual_seed(options.seed)
        self._lambda = options.lambda_l1
        self.generator = make_generator(
            options.generator, options.width, options.depth, "batch", options.dropout
        )
        self.discriminator = PatchGAN(options.width, "batch")
        for network in (self.generator, self.discriminator):
            use_library_convolutions(network)
        rate, betas = options.learning_rate, (options.beta1, 0.999)
        self._generator_optimiser = torch.optim.Adam(self.generator.parameters(), rate, betas)
        self._discriminator_optimiser = torch.optim.Adam(self.discriminator.parameters(), rate, betas)

    def learn(self, inputs: Tensor, targets: Tensor, dice: int) -> tuple[Tensor, Tensor, Tensor]:
        """Train on a batch; returns the losses of discriminator, generator (GAN) and generator (L1)."""
        torch.manual_seed(dice)
        outputs = self.generator(inputs)
        fake_scores = self.discriminator(torch.cat([inputs, outputs.detach()], dim=1))
        real_scores = self.discriminator(torch.cat([inputs, targets], dim=1))
        judged = (
            gan_loss("vanilla", fake_scores, real=False) + gan_loss("vanilla", real_scores, real=True)
        ) / 2
        self._discriminator_optimiser.zero_grad()
        judged.backward()
        self._discriminator_optimiser.step()

        self.discriminator.requires_grad_(False)
        scores = self.discriminator(torch.cat([inputs, outputs], dim=1))
        adversarial, l1 = gan_loss("vanilla", scores, real=True), F.l1_loss(outputs, targets)
        self._generator_optimiser.zero_grad()
        (adversarial + self._lambda * l1).backward()
        self._generator_optimiser.step()
        self.discriminator.requires_grad_(True)
        return judged.detach(), adversarial.detach(), l1.detach()
