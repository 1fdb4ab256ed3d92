/** Reward models from preference pairs, and the port through which anything can be a reward. */
package org.plumbline.reward;
