"""Runs the denoiser that `pixelcube bench model --python` wrote, in Python: time and difference.

  python time_unet.py FOLDER THREADS REPEATS [bf16]

FOLDER holds config.json, diffusion_pytorch_model.safetensors and inputs.safetensors. Prints the best
and the median time of a pass in seconds, and the largest difference of the result over its largest
number. Needs torch and safetensors. The network is written out in plain functions over the named
tensors, with channels last and fused attention: the fastest that PyTorch offers on a processor
without compiling.
"""

import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


class UNet:
    def __init__(self, folder):
        with open(os.path.join(folder, "config.json")) as f:
            self.config = json.load(f)
        self.p = {
            name: t.contiguous(memory_format=torch.channels_last) if t.dim() == 4
            else t.contiguous(memory_format=torch.channels_last_3d) if t.dim() == 5 else t
            for name, t in load_file(
                os.path.join(folder, "diffusion_pytorch_model.safetensors")).items()
        }
        self.groups = self.config["norm_num_groups"]

    def linear(self, name, x):
        return F.linear(x, self.p[name + ".weight"], self.p.get(name + ".bias"))

    def conv(self, name, x, stride=1):
        w = self.p[name + ".weight"]
        return F.conv2d(x, w, self.p[name + ".bias"], stride, w.shape[-1] // 2)

    def norm(self, name, x, eps):
        return F.group_norm(x, self.groups, self.p[name + ".weight"], self.p[name + ".bias"], eps)

    def layer_norm(self, name, x):
        w = self.p[name + ".weight"]
        return F.layer_norm(x, w.shape, w, self.p[name + ".bias"], 1e-5)

    def waves(self, values, size):
        w = torch.exp(-math.log(10000) * torch.arange(size // 2, dtype=torch.float32) / (size // 2))
        phase = values[:, None].float() * w
        return torch.cat([phase.cos(), phase.sin()], 1)

    def embed(self, name, x):
        return self.linear(name + ".linear_2", F.silu(self.linear(name + ".linear_1", x)))

    def resnet(self, name, x, emb, frames, eps):
        in_time = name + ".time_mixer.mix_factor" in self.p
        n = name + ".spatial_res_block" if in_time else name
        h = self.conv(n + ".conv1", F.silu(self.norm(n + ".norm1", x, eps)))
        h = h + self.linear(n + ".time_emb_proj", emb)[:, :, None, None]
        h = self.conv(n + ".conv2", F.silu(self.norm(n + ".norm2", h, eps)))
        if n + ".conv_shortcut.weight" in self.p:
            x = self.conv(n + ".conv_shortcut", x)
        x = x + h
        if not in_time:
            return x
        n = name + ".temporal_res_block"
        b, c, hh, ww = x.shape
        clip = x.reshape(b // frames, frames, c, hh, ww).permute(0, 2, 1, 3, 4)

        def along(which, y):
            return F.conv3d(y, self.p[f"{n}.{which}.weight"], self.p[f"{n}.{which}.bias"],
                            padding=(1, 0, 0))

        h = along("conv1", F.silu(self.norm(n + ".norm1", clip, eps)))
        t = self.linear(n + ".time_emb_proj", emb).reshape(b // frames, frames, c)
        h = h + t.permute(0, 2, 1)[..., None, None]
        h = along("conv2", F.silu(self.norm(n + ".norm2", h, eps)))
        share = torch.sigmoid(-self.p[name + ".time_mixer.mix_factor"])
        return (clip + share * h).permute(0, 2, 1, 3, 4).reshape(b, c, hh, ww)

    def attention(self, name, x, context, heads):
        split = lambda y: y.unflatten(-1, (heads, -1)).transpose(1, 2)
        y = F.scaled_dot_product_attention(
            split(self.linear(name + ".to_q", x)),
            split(self.linear(name + ".to_k", context)),
            split(self.linear(name + ".to_v", context)),
        )
        return self.linear(name + ".to_out.0", y.transpose(1, 2).flatten(2))

    def feed_forward(self, name, x):
        value, gate = self.linear(name + ".net.0.proj", x).chunk(2, -1)
        return self.linear(name + ".net.2", value * F.gelu(gate))

    def transformer(self, name, x, context, frames, heads):
        b, c, hh, ww = x.shape
        h = self.norm(name + ".norm", x, 1e-6).permute(0, 2, 3, 1).reshape(b, hh * ww, c)
        h = self.linear(name + ".proj_in", h)
        in_time = name + ".time_mixer.mix_factor" in self.p
        i = 0
        while f"{name}.transformer_blocks.{i}.norm3.weight" in self.p:
            n = f"{name}.transformer_blocks.{i}"
            if n + ".norm1.weight" in self.p:
                y = self.layer_norm(n + ".norm1", h)
                h = h + self.attention(n + ".attn1", y, y, heads)
            if n + ".norm2.weight" in self.p:
                h = h + self.attention(n + ".attn2", self.layer_norm(n + ".norm2", h), context,
                                       heads)
            h = h + self.feed_forward(n + ".ff", self.layer_norm(n + ".norm3", h))
            if in_time:
                n = f"{name}.temporal_transformer_blocks.{i}"
                when = self.embed(name + ".time_pos_embed",
                                  self.waves(torch.arange(frames), c)).repeat(b // frames, 1)
                m = h + when[:, None]
                m = m + self.feed_forward(n + ".ff_in", self.layer_norm(n + ".norm_in", m))
                # The order of tokens that attention along time needs.
                y = self.layer_norm(n + ".norm1", m).reshape(b // frames, frames, hh * ww, c)
                y = y.transpose(1, 2).reshape(-1, frames, c)
                y = self.attention(n + ".attn1", y, y, heads)
                y = y.reshape(b // frames, hh * ww, frames, c).transpose(1, 2)
                m = m + y.reshape(b, hh * ww, c)
                if n + ".norm2.weight" in self.p:
                    m = m + self.attention(n + ".attn2", self.layer_norm(n + ".norm2", m),
                                           context, heads)
                m = m + self.feed_forward(n + ".ff", self.layer_norm(n + ".norm3", m))
                h = torch.lerp(m, h, torch.sigmoid(self.p[name + ".time_mixer.mix_factor"]))
            i += 1
        h = self.linear(name + ".proj_out", h)
        return h.reshape(b, hh, ww, c).permute(0, 3, 1, 2) + x

    def level(self, name, x, emb, context, frames, heads, eps, across=None, push=None):
        i = 0
        while f"{name}.resnets.{i}" in self.parts:
            if across is not None:
                x = torch.cat([x, across.pop()], 1)
            x = self.resnet(f"{name}.resnets.{i}", x, emb, frames, eps)
            if f"{name}.attentions.{i}" in self.parts:
                x = self.transformer(f"{name}.attentions.{i}", x, context, frames, heads)
            if push is not None:
                push.append(x)
            i += 1
        return x

    def __call__(self, clips, times, context):
        c = self.config
        self.parts = {".".join(n.split(".")[:k]) for n in self.p for k in range(1, 6)}
        frames, fold = clips.shape[1], c["patch_size"]
        emb = F.silu(self.embed("time_embedding", self.waves(times, c["block_out_channels"][0])))
        emb = emb.repeat_interleave(frames, 0)
        if context is not None:
            context = context.flatten(0, 1)
        x = F.pixel_unshuffle(clips.flatten(0, 1), fold)
        x = self.conv("conv_in", x.contiguous(memory_format=torch.channels_last))
        across, heads = [x], c["num_attention_heads"]
        levels = len(heads)
        for i, kind in enumerate(c["down_block_types"]):
            x = self.level(f"down_blocks.{i}", x, emb, context, frames, heads[i],
                           1e-6 if "CrossAttn" in kind else 1e-5, push=across)
            if i + 1 < levels:
                x = self.conv(f"down_blocks.{i}.downsamplers.0.conv", x, 2)
                across.append(x)
        x = self.resnet("mid_block.resnets.0", x, emb, frames, 1e-5)
        x = self.transformer("mid_block.attentions.0", x, context, frames, heads[-1])
        x = self.resnet("mid_block.resnets.1", x, emb, frames, 1e-5)
        for i in range(levels):
            x = self.level(f"up_blocks.{i}", x, emb, context, frames, heads[-1 - i], 1e-6, across)
            if i + 1 < levels:
                x = F.interpolate(x, size=across[-1].shape[2:], mode="nearest")
                x = self.conv(f"up_blocks.{i}.upsamplers.0.conv", x)
        x = self.conv("conv_out", F.silu(self.norm("conv_norm_out", x, 1e-5)))
        return F.pixel_shuffle(x, fold).unflatten(0, (-1, frames))


def main():
    folder, threads, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    unet = UNet(folder)
    given = load_file(os.path.join(folder, "inputs.safetensors"))
    seconds = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled="bf16" in sys.argv[4:]):
        for i in range(repeats + 1):
            start = time.perf_counter()
            result = unet(given["clips"], given["times"], given.get("context"))
            if i > 0:
                seconds.append(time.perf_counter() - start)
    wanted = given["result"]
    difference = ((result.float() - wanted).abs().max() / wanted.abs().max()).item()
    seconds.sort()
    print(f"{torch.__version__} {seconds[0]:.6f} {seconds[len(seconds) // 2]:.6f} {difference:.3e}")


if __name__ == "__main__":
    main()
