/**
 * Networks of the Stable Video Diffusion family, defined from the same configuration files and with
 * the same names of parameters as diffusers: the spatio-temporal UNet, the autoencoder with
 * temporal decoder, the picture encoder of CLIP, and our own encoder of environment maps.
 */
package org.pixelcube.model;
