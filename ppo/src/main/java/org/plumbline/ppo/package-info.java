/**
 * Proximal policy optimisation (Schulman et al. 2017) of a LoRA policy against a frozen reference
 * with a KL penalty (Ziegler et al. 2019). Axes: B replies, R positions of a reply.
 */
package org.plumbline.ppo;
