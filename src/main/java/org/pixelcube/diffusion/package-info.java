/**
 * Denoising diffusion: noise levels, preconditioning, samplers, and what the networks are told of a
 * frame and its light.
 */
package org.pixelcube.diffusion;
