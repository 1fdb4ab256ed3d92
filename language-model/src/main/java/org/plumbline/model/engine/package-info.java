/**
 * The engine: starts PyTorch through DJL, and calls TorchScript kernels that are kept as resources.
 */
package org.plumbline.model.engine;
