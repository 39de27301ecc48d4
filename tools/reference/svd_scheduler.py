"""Golden numbers of Stable Video Diffusion's sampler, from the reference implementation.

    python tools/reference/svd_scheduler.py > src/test/resources/org/pixelcube/diffusion/svd-scheduler.json

Needs diffusers and torch. The network is replaced by a formula that the test repeats:
v = 0.3 x + 0.2 sin(4 noise), x and noise as the network gets them.
"""

import json

import torch
from diffusers import EulerDiscreteScheduler

CONFIG = dict(
    beta_start=0.00085,
    beta_end=0.012,
    beta_schedule="scaled_linear",
    num_train_timesteps=1000,
    prediction_type="v_prediction",
    timestep_spacing="leading",
    timestep_type="continuous",
    use_karras_sigmas=True,
    sigma_min=0.002,
    sigma_max=700.0,
    steps_offset=1,
)


def run(steps):
    scheduler = EulerDiscreteScheduler(**CONFIG)
    scheduler.set_timesteps(steps)
    torch.manual_seed(7)
    noise = torch.randn(12, dtype=torch.float64)
    x = noise * float(scheduler.sigmas[0])
    path = []
    for t in scheduler.timesteps:
        scaled = scheduler.scale_model_input(x, t)
        velocity = 0.3 * scaled + 0.2 * torch.sin(4 * t.double())
        x = scheduler.step(velocity, t, x, return_dict=False)[0].double()
        path.append(x.tolist())
    return dict(
        steps=steps,
        levels=[float(s) for s in scheduler.sigmas],
        noise=[float(t) for t in scheduler.timesteps],
        start=noise.tolist(),
        path=path,
    )


print(json.dumps(dict(runs=[run(1), run(4), run(25)]), indent=1))
