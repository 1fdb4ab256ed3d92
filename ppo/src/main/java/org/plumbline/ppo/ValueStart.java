package org.plumbline.ppo;

/** Where the value model starts. */
public enum ValueStart {
  /** An adapter on the reward model with a copy of its head (Huang et al. 2024). */
  REWARD,
  /** An adapter on the policy's base with a head of zeros (Ziegler et al. 2019). */
  POLICY
}
