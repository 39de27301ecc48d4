"""Makes what the networks of Stable Video Diffusion are tested against, from diffusers.

  python make_svd_goldens.py goldens FILE      outputs of every block and of the whole networks
  python make_svd_goldens.py pipeline FILE     what diffusers' own pipeline makes of a tiny model
  python make_svd_goldens.py folder DIR        a whole tiny model in the folder layout of diffusers
      [--half] [--shards]                      with 16-bit floats, in several files

Needs torch, numpy, safetensors, diffusers and transformers. Only outputs and the names and shapes of
parameters are stored: parameters and inputs are filled by `formula`, which the tests compute too.
"""

import argparse
import json
import os
import zlib

import numpy as np
import torch
from safetensors.torch import save_file

from diffusers.models.attention import BasicTransformerBlock, TemporalBasicTransformerBlock
from diffusers.models.attention_processor import Attention
from diffusers.models.autoencoders.autoencoder_kl_temporal_decoder import (
    AutoencoderKLTemporalDecoder,
)
from diffusers.models.downsampling import Downsample2D
from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from diffusers.models.resnet import ResnetBlock2D, SpatioTemporalResBlock, TemporalResnetBlock
from diffusers.models.transformers.transformer_temporal import TransformerSpatioTemporalModel
from diffusers.models.unets import unet_3d_blocks as blocks
from diffusers.models.unets.unet_spatio_temporal_condition import (
    UNetSpatioTemporalConditionModel,
)
from diffusers.models.upsampling import Upsample2D
from diffusers.pipelines.stable_video_diffusion.pipeline_stable_video_diffusion import (
    StableVideoDiffusionPipeline,
    _resize_with_antialiasing,
)
from diffusers.schedulers import EulerDiscreteScheduler
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection


def noise(name, count):
    """Numbers in [-1, 1) from a hash of the name and the index (32-bit integers, wrapping)."""
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
    h = h + np.uint32(zlib.crc32(name.encode()))
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    h = h ^ (h >> np.uint32(16))
    return h.astype(np.float64) / 2.0**31 - 1.0


def formula(name, shape):
    """The values of the parameter of that name: outputs of layers stay near unit variance."""
    u = noise(name, int(np.prod(shape)))
    if len(shape) > 1:
        u = u * np.sqrt(3.0 / np.prod(shape[1:]))
    elif name.endswith("weight"):
        u = 1 + 0.25 * u
    elif name.endswith("bias"):
        u = 0.1 * u
    return torch.from_numpy(u.astype(np.float32)).reshape(tuple(shape))


def filled(module):
    with torch.no_grad():
        for name, tensor in module.named_parameters():
            tensor.copy_(formula(name, tensor.shape))
    return module.eval()


def given(name, *shape):
    """An input: uniform with unit variance."""
    u = noise("input." + name, int(np.prod(shape))) * np.sqrt(3.0)
    return torch.from_numpy(u.astype(np.float32)).reshape(shape)


class Goldens:
    def __init__(self):
        self.tensors = {}
        self.metadata = {}

    def add(self, case, module, *outputs):
        names = {n: list(p.shape) for n, p in module.named_parameters()} if module else {}
        self.metadata[case] = json.dumps(names)
        for i, output in enumerate(outputs):
            self.tensors[f"{case}.{i}"] = output.detach().contiguous().clone()


N, T, H, W, TEMB, KEYS, CONTEXT = 2, 3, 6, 4, 16, 5, 24


def all_blocks(g):
    pictures = lambda c, h=H, w=W: given("pictures", N * T, c, h, w)
    embedding = given("embedding", N * T, TEMB)
    video = torch.zeros(N, T)
    clip_context = given("context", N, KEYS, CONTEXT)
    context = clip_context.repeat_interleave(T, 0)

    m = filled(ResnetBlock2D(in_channels=32, out_channels=64, temb_channels=TEMB, eps=1e-6))
    g.add("resnet", m, m(pictures(32), embedding))
    m = filled(ResnetBlock2D(in_channels=32, temb_channels=None, eps=1e-5))
    g.add("resnet_timeless", m, m(pictures(32), None))
    m = filled(TemporalResnetBlock(in_channels=32, out_channels=32, temb_channels=TEMB, eps=1e-5))
    clip = given("clip", N, 32, T, H, W)
    g.add("temporal_resnet", m, m(clip, embedding.reshape(N, T, TEMB)))
    m = filled(SpatioTemporalResBlock(32, 64, temb_channels=TEMB, eps=1e-6))
    g.add("spatio_temporal_resnet", m, m(pictures(32), embedding, video))
    m = filled(
        SpatioTemporalResBlock(
            32, 32, temb_channels=None, eps=1e-6, temporal_eps=1e-5, merge_factor=0.0,
            merge_strategy="learned", switch_spatial_to_temporal_mix=True,
        )
    )
    g.add("decoder_resnet", m, m(pictures(32), None, video))

    tokens = given("tokens", N * T, H * W, 64)
    m = filled(BasicTransformerBlock(64, 2, 32, cross_attention_dim=CONTEXT))
    g.add("transformer_block", m, m(tokens, encoder_hidden_states=context))
    m = filled(BasicTransformerBlock(64, 2, 32, cross_attention_dim=None))
    g.add("transformer_block_alone", m, m(tokens))
    m = filled(TemporalBasicTransformerBlock(64, 64, 2, 32, cross_attention_dim=CONTEXT))
    time_context = clip_context[:, None].expand(N, H * W, KEYS, CONTEXT).reshape(-1, KEYS, CONTEXT)
    g.add("temporal_transformer_block", m, m(tokens, T, time_context))
    m = filled(
        TransformerSpatioTemporalModel(2, 32, 64, num_layers=2, cross_attention_dim=CONTEXT)
    )
    g.add("spatio_temporal_transformer", m, m(pictures(64), context, video, False)[0])

    m = filled(Downsample2D(32, use_conv=True, out_channels=32, name="op"))
    g.add("downsample", m, m(pictures(32)))
    m = filled(Downsample2D(32, use_conv=True, out_channels=32, padding=0, name="op"))
    g.add("downsample_after", m, m(pictures(32)))
    m = filled(Upsample2D(32, use_conv=True, out_channels=32))
    g.add("upsample", m, m(pictures(32)), m(pictures(32), (11, 7)))
    times = torch.tensor([0.0, 0.25, 3.0, 999.0])
    g.add("waves", None, Timesteps(32, True, 0)(times), Timesteps(33, True, 0)(times))
    m = filled(TimestepEmbedding(32, 64, out_dim=48))
    g.add("timestep_embedding", m, m(given("waves", 4, 32)))
    m = filled(
        Attention(64, heads=1, dim_head=64, eps=1e-6, norm_num_groups=32, bias=True,
                  residual_connection=True)
    )
    g.add("picture_attention", m, m(pictures(64)))

    m = filled(blocks.DownBlockSpatioTemporal(32, 64, TEMB, num_layers=2, add_downsample=True))
    x, states = m(pictures(32), embedding, video)
    g.add("down", m, x, *states)
    m = filled(
        blocks.CrossAttnDownBlockSpatioTemporal(
            32, 64, TEMB, num_layers=2, num_attention_heads=2, cross_attention_dim=CONTEXT,
            add_downsample=False,
        )
    )
    x, states = m(pictures(32), embedding, context, video)
    g.add("down_attention", m, x, *states)
    m = filled(
        blocks.UNetMidBlockSpatioTemporal(
            64, TEMB, num_attention_heads=2, cross_attention_dim=CONTEXT
        )
    )
    g.add("middle", m, m(pictures(64), embedding, context, video))
    across = lambda *channels: tuple(
        given(f"across{i}", N * T, c, H, W) for i, c in enumerate(channels)
    )
    m = filled(blocks.UpBlockSpatioTemporal(32, 64, 64, TEMB, num_layers=2, add_upsample=True))
    g.add("up", m, m(pictures(64), across(32, 64), embedding, video, (11, 8)))
    m = filled(
        blocks.CrossAttnUpBlockSpatioTemporal(
            32, 32, 64, TEMB, num_layers=2, num_attention_heads=2, cross_attention_dim=CONTEXT,
            add_upsample=False,
        )
    )
    g.add(
        "up_attention", m,
        m(pictures(64), across(32, 32), embedding, context, video),
    )


UNET = dict(
    in_channels=8,
    out_channels=4,
    down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
    up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
    block_out_channels=(32, 64),
    addition_time_embed_dim=32,
    projection_class_embeddings_input_dim=96,
    layers_per_block=2,
    cross_attention_dim=32,
    transformer_layers_per_block=1,
    num_attention_heads=(2, 4),
    num_frames=3,
)

DEEP_UNET = dict(
    UNET,
    in_channels=5,
    out_channels=3,
    down_block_types=("CrossAttnDownBlockSpatioTemporal",) * 3 + ("DownBlockSpatioTemporal",),
    up_block_types=("UpBlockSpatioTemporal",) + ("CrossAttnUpBlockSpatioTemporal",) * 3,
    block_out_channels=(32, 32, 64, 64),
    layers_per_block=[1, 2, 1, 1],
    transformer_layers_per_block=[1, 2, 1, 1],
    num_attention_heads=(1, 2, 2, 4),
)

VAE = dict(
    down_block_types=("DownEncoderBlock2D",) * 3,
    block_out_channels=(32, 32, 64),
    layers_per_block=2,
    latent_channels=4,
    sample_size=64,
    scaling_factor=0.18215,
)

CLIP = dict(
    hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=3,
    image_size=32, patch_size=8, projection_dim=32, hidden_act="gelu",
)


def whole_networks(g):
    for case, config, size in (("unet", UNET, (8, 6)), ("unet_deep", DEEP_UNET, (11, 9))):
        m = filled(UNetSpatioTemporalConditionModel(**config))
        clip = given("clip", N, T, config["in_channels"], *size)
        out = m(
            clip, torch.tensor([0.3, -1.2]), given("token", N, 2, 32),
            torch.tensor([[6.0, 127.0, 0.02], [7.0, 30.0, 0.5]]),
        ).sample
        g.add(case, m, out)
    m = filled(AutoencoderKLTemporalDecoder(**VAE))
    moments = m.encode(given("picture", N, 3, 24, 16)).latent_dist
    g.add("autoencoder", m, moments.mean, moments.logvar,
          m.decode(given("latents", N * T, 4, 5, 3), num_frames=T).sample)
    for act in ("gelu", "quick_gelu"):
        m = filled(CLIPVisionModelWithProjection(CLIPVisionConfig(**dict(CLIP, hidden_act=act))))
        g.add("clip_" + act, m, m(given("picture", N, 3, 32, 32)).image_embeds)


def write_goldens(file):
    g = Goldens()
    with torch.no_grad():
        all_blocks(g)
        whole_networks(g)
    save_file(g.tensors, file, metadata=g.metadata)
    print(file, os.path.getsize(file), "bytes,", len(g.tensors), "tensors")


SCHEDULER = dict(
    beta_end=0.012, beta_schedule="scaled_linear", beta_start=0.00085,
    interpolation_type="linear", num_train_timesteps=1000, prediction_type="v_prediction",
    sigma_max=700.0, sigma_min=0.002, steps_offset=1, timestep_spacing="leading",
    timestep_type="continuous", trained_betas=None, use_karras_sigmas=True,
)

MEAN = [0.48145466, 0.4578275, 0.40821073]
DEVIATION = [0.26862954, 0.26130258, 0.27577711]


class AnySizePipeline(StableVideoDiffusionPipeline):
    """The pipeline, whose picture encoder takes pictures of its own size instead of 224 pixels."""

    def _encode_image(self, image, device, num_videos_per_prompt, do_classifier_free_guidance):
        size = self.image_encoder.config.image_size
        small = _resize_with_antialiasing(image * 2 - 1, (size, size))
        return super()._encode_image(
            (small + 1) / 2, device, num_videos_per_prompt, do_classifier_free_guidance
        )


def write_pipeline(file):
    """A clip of 3 frames of 40 x 112 pixels in 4 steps from given noise, guided from 1 to 3."""
    height, width, frames = 40, 112, 3
    pipe = AnySizePipeline(
        vae=filled(AutoencoderKLTemporalDecoder(**VAE)),
        image_encoder=filled(CLIPVisionModelWithProjection(CLIPVisionConfig(**CLIP))),
        unet=filled(UNetSpatioTemporalConditionModel(**UNET)),
        scheduler=EulerDiscreteScheduler(**SCHEDULER),
        feature_extractor=CLIPImageProcessor(
            crop_size=32, size={"shortest_edge": 32}, image_mean=MEAN, image_std=DEVIATION
        ),
    )
    pipe.set_progress_bar_config(disable=True)
    picture = given("picture", 1, 3, height, width) / np.sqrt(12.0) + 0.5
    with torch.no_grad():
        token = pipe._encode_image(picture, "cpu", 1, False)
        mode = pipe._encode_vae_image(picture * 2 - 1, "cpu", 1, False)
        latents = pipe(
            picture, height=height, width=width, num_frames=frames, num_inference_steps=4,
            min_guidance_scale=1.0, max_guidance_scale=3.0, fps=7, motion_bucket_id=127,
            noise_aug_strength=0.0, latents=given("noise", 1, frames, 4, height // 4, width // 4),
            output_type="latent",
        ).frames
        pictures = pipe.decode_latents(latents, frames, frames)
    tensors = dict(token=token, mode=mode, latents=latents, pictures=pictures)
    save_file({k: v.contiguous().clone() for k, v in tensors.items()}, file)
    print(file, os.path.getsize(file), "bytes", {k: list(v.shape) for k, v in tensors.items()})


def write_folder(folder, half, shards):
    os.makedirs(folder, exist_ok=True)
    variant = "fp16" if half else None
    size = "200KB" if shards else "10GB"
    kind = torch.float16 if half else torch.float32
    save = lambda model, name: model.to(kind).save_pretrained(
        os.path.join(folder, name), variant=variant, max_shard_size=size
    )
    save(filled(UNetSpatioTemporalConditionModel(**UNET)), "unet")
    save(filled(AutoencoderKLTemporalDecoder(**VAE)), "vae")
    save(filled(CLIPVisionModelWithProjection(CLIPVisionConfig(**CLIP))), "image_encoder")

    def write(name, content):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            json.dump(content, f, indent=2)

    write("scheduler/scheduler_config.json", {
        "_class_name": "EulerDiscreteScheduler", "set_alpha_to_one": False,
        "skip_prk_steps": True, **SCHEDULER,
    })
    write("feature_extractor/preprocessor_config.json", {
        "crop_size": {"height": 32, "width": 32}, "do_center_crop": True,
        "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor",
        "image_mean": MEAN,
        "image_std": DEVIATION,
        "image_processor_type": "CLIPImageProcessor", "resample": 3,
        "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 32},
    })
    write("model_index.json", {
        "_class_name": "StableVideoDiffusionPipeline",
        "feature_extractor": ["transformers", "CLIPImageProcessor"],
        "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
        "scheduler": ["diffusers", "EulerDiscreteScheduler"],
        "unet": ["diffusers", "UNetSpatioTemporalConditionModel"],
        "vae": ["diffusers", "AutoencoderKLTemporalDecoder"],
    })


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(required=True, dest="kind")
    goldens = kinds.add_parser("goldens")
    goldens.add_argument("file")
    pipeline = kinds.add_parser("pipeline")
    pipeline.add_argument("file")
    folder = kinds.add_parser("folder")
    folder.add_argument("folder")
    folder.add_argument("--half", action="store_true")
    folder.add_argument("--shards", action="store_true")
    args = parser.parse_args()
    if args.kind == "goldens":
        write_goldens(args.file)
    elif args.kind == "pipeline":
        write_pipeline(args.file)
    else:
        write_folder(args.folder, args.half, args.shards)


if __name__ == "__main__":
    main()
