/**
 * Tensors, their operations, gradients and the optimiser on libtorch, and weights in safetensors
 * files. Native memory lives in scopes; no other room sees the classes of the binding.
 */
package org.pixelcube.torch;
