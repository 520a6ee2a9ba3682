"""The two networks while they learn: one step of training, and all that a resumed run has to know."""

import contextlib
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from pix2pix.losses import gan_loss
from pix2pix.networks import PatchGAN, UNet, make_generator
from pix2pix.options import TrainOptions


class Losses(NamedTuple):
    """What a step measured, scalar tensors without gradient: nothing waits for the device to know them."""

    discriminator: Tensor
    generator_gan: Tensor
    generator_l1: Tensor


class Learner:
    """Generator, discriminator and their optimisers, set up for the run's devices and numbers."""

    def __init__(self, options: TrainOptions, fabric: Fabric) -> None:
        self.options, self.fabric = options, fabric
        torch.manual_seed(options.seed)
        # The networks as they are (for drawing, saving, and passes that train nothing in them) ...
        self.generator: UNet = make_generator(
            options.generator, options.width, options.depth, options.norm, options.dropout
        )
        self.discriminator = PatchGAN(options.width, options.norm)
        layout = torch.channels_last if options.channels_last else torch.contiguous_format
        for network in (self.generator, self.discriminator):
            network.to(memory_format=layout)  # type: ignore[call-overload]  # Its overload is missing.
        # ... and wrapped, which joins the gradients of several processes.
        self._paint, self.generator_optimiser = self._set_up(self.generator)
        self._judge, self.discriminator_optimiser = self._set_up(self.discriminator)
        self._rates = [group["lr"] for group in self.generator_optimiser.param_groups]

    def _set_up(self, network: nn.Module) -> tuple[Any, torch.optim.Optimizer]:
        # Before the optimiser is made: on a CPU nothing moves, on a GPU the weights do.
        network.to(self.fabric.device)
        optimiser = torch.optim.Adam(
            network.parameters(), self.options.learning_rate, (self.options.beta1, 0.999), fused=True
        )
        forward = torch.compile(network) if self.options.compile else network
        wrapped, prepared = self.fabric.setup(forward, optimiser)  # type: ignore[arg-type]
        return wrapped, prepared

    # ------------------------------------------------------------------------
    # One step.

    def learn(self, inputs: Tensor, targets: Tensor, dice: int, rate: float) -> Losses:
        """Train both networks on a batch: the discriminator, then the generator against what that became.

        Args:
            inputs, targets: float32 [N, 3, H, W] in -1..1, on the run's device.
            dice: the seed of this step's dropout.
            rate: the share of the learning rate that the schedule gives now.
        """
        torch.manual_seed(dice)
        self._set_rate(rate)
        if self.options.channels_last:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        outputs = self._paint(inputs)
        if self.options.gan == "none":
            zero = outputs.new_zeros(())
            adversarial = judged = zero
        else:
            judged = self._learn_to_judge(inputs, targets, outputs.detach())
            with self._frozen(self.discriminator), self.fabric.autocast():
                scores = self.discriminator(torch.cat([inputs, outputs], dim=1))
            adversarial = gan_loss(self.options.gan, scores.float(), real=True)
        l1 = F.l1_loss(outputs.float(), targets)
        self.generator_optimiser.zero_grad(set_to_none=True)
        self.fabric.backward(adversarial + self.options.lambda_l1 * l1)
        self.generator_optimiser.step()
        return Losses(judged.detach(), adversarial.detach(), l1.detach())

    def _learn_to_judge(self, inputs: Tensor, targets: Tensor, outputs: Tensor) -> Tensor:
        """Train the discriminator; its loss is halved, as in the paper, to slow it against the generator."""
        loss = self._judgement(self._judge, inputs, targets, outputs)
        self.discriminator_optimiser.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        self.discriminator_optimiser.step()
        return loss

    def _judgement(self, judge: Any, inputs: Tensor, targets: Tensor, outputs: Tensor) -> Tensor:
        """The discriminator's loss on real and fake pairs.

        Real and fake go through it in one pass where each picture is normalised on its own: that gives the
        same scores. Batch normalisation would mix their statistics, so there they go one after the other.
        """
        real, fake = torch.cat([inputs, targets], dim=1), torch.cat([inputs, outputs], dim=1)
        if self.options.norm == "instance":
            real_scores, fake_scores = judge(torch.cat([real, fake])).float().chunk(2)
        else:
            real_scores, fake_scores = judge(real).float(), judge(fake).float()
        kind = self.options.gan
        return (gan_loss(kind, real_scores, real=True) + gan_loss(kind, fake_scores, real=False)) / 2

    @torch.no_grad()
    def validate(self, inputs: Tensor, targets: Tensor) -> tuple[Losses, Tensor]:
        """Measure the losses of a batch as the networks are in use (no dropout); nothing learns.

        Returns:
            the losses, and the outputs [N, 3, H, W].
        """
        with self._in_use(), self.fabric.autocast():
            outputs = self.generator(inputs).float()
            l1 = F.l1_loss(outputs, targets)
            if self.options.gan == "none":
                return Losses(l1.new_zeros(()), l1.new_zeros(()), l1), outputs
            judged = self._judgement(self.discriminator, inputs, targets, outputs)
            scores = self.discriminator(torch.cat([inputs, outputs], dim=1))
            return Losses(judged, gan_loss(self.options.gan, scores.float(), real=True), l1), outputs

    @contextlib.contextmanager
    def _in_use(self) -> Any:
        """Both networks as at test time for a while."""
        self.generator.eval()
        self.discriminator.eval()
        try:
            yield
        finally:
            self.generator.train()
            self.discriminator.train()

    @contextlib.contextmanager
    def _frozen(self, network: nn.Module) -> Any:
        """A pass through a network that computes no gradients for its weights."""
        network.requires_grad_(False)
        try:
            yield
        finally:
            network.requires_grad_(True)

    def _set_rate(self, share: float) -> None:
        for optimiser in (self.generator_optimiser, self.discriminator_optimiser):
            for group, rate in zip(optimiser.param_groups, self._rates, strict=True):
                group["lr"] = rate * share

    # ------------------------------------------------------------------------
    # What a resumed run has to know.

    def state(self) -> dict[str, Any]:
        """Networks, optimisers and the scale of half-precision losses, as torch.save takes them."""
        return {
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "generator_optimiser": self.generator_optimiser.state_dict(),
            "discriminator_optimiser": self.discriminator_optimiser.state_dict(),
            "precision": self.fabric.strategy.precision.state_dict(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go back to a state that `state` gave."""
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.generator_optimiser.load_state_dict(state["generator_optimiser"])
        self.discriminator_optimiser.load_state_dict(state["discriminator_optimiser"])
        self.fabric.strategy.precision.load_state_dict(state["precision"])
