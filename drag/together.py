"""Looking at states of one drag or of several: one forward and one backward pass, one wait for the device."""

from collections.abc import Sequence

import torch
from torch import Tensor

from drag import picture
from drag.evaluation import Evaluation, Evaluator
from drag.latent import LatentMove
from drag.seeing import ask, common_plan, share_of
from drag.types import Generator

Look = tuple[Evaluator, LatentMove, Tensor]


def evaluate(generator: Generator, looks: Sequence[Look]) -> list[Evaluation]:
    """Look at several states at once, each the shift [rows, k] (on the host) of a drag of its own.

    The generator runs once for all that want the same block and resolution, forward and back, and the host
    waits for the device once.
    """
    device = looks[0][0].device
    with torch.enable_grad():
        shifts = [shift.to(device, copy=True).requires_grad_() for _, _, shift in looks]
        ws = [move.w(shift) for (_, move, _), shift in zip(looks, shifts, strict=True)]
        evaluators = [evaluator for evaluator, _, _ in looks]
        judged = _judge(generator, evaluators, ws)
        terms = [
            own | move.terms(shift)
            for (own, _), (_, move, _), shift in zip(judged, looks, shifts, strict=True)
        ]
        losses = [torch.stack(list(own.values())) for own in terms]
        gradients = torch.autograd.grad(torch.cat(losses).sum(), shifts)
    parts = [
        (loss, opinion.remaining, opinion.content, evaluator.points, gradient)
        for loss, (_, opinion), evaluator, gradient in zip(losses, judged, evaluators, gradients, strict=True)
    ]
    # The one time in a step that the host waits for the device.
    row = torch.cat([part.detach().flatten().float() for each in parts for part in each]).cpu()
    numbers = row.split([part.numel() for each in parts for part in each])
    count = len(parts[0])
    return [
        evaluator.read(w, numbers[count * index : count * (index + 1)], own, shift.shape)
        for index, (evaluator, w, own, shift) in enumerate(zip(evaluators, ws, terms, shifts, strict=True))
    ]


def _judge(
    generator: Generator, evaluators: Sequence[Evaluator], ws: Sequence[Tensor]
) -> list[tuple[dict[str, Tensor], picture.Opinion]]:
    """Ask the generator for what all drags need, and let each make its terms of its own share."""
    plans = [evaluator.plan() for evaluator in evaluators]
    judged: dict[int, tuple[dict[str, Tensor], picture.Opinion]] = {}
    for kind in dict.fromkeys((plan.block, plan.resolution) for plan in plans):
        members = [index for index, plan in enumerate(plans) if (plan.block, plan.resolution) == kind]
        plan = common_plan([plans[index] for index in members])
        taps = ask(generator, torch.stack([ws[index] for index in members]), plan)
        for place, index in enumerate(members):
            own = share_of(taps, place, plan, plans[index]) if len(members) > 1 else taps
            judged[index] = evaluators[index].judge(ws[index], own, plans[index])
    return [judged[index] for index in range(len(ws))]
