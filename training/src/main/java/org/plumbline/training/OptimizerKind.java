package org.plumbline.training;

import org.plumbline.stage.config.Alias;

/** Update rules. */
public enum OptimizerKind {
  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  @Alias({"adamw_torch", "adamw_torch_fused"})
  ADAMW,
  /** AdamW with moments in 8 bits (Dettmers et al. 2022), as bitsandbytes. */
  @Alias({"adamw_bnb_8bit", "paged_adamw_8bit"})
  ADAMW_8BIT,
  /** Adam (Kingma and Ba 2015); weight decay joins the gradient. */
  ADAM,
  /** Stochastic gradient descent, with momentum if asked. */
  SGD,
  /** RMSprop (Tieleman and Hinton 2012). */
  RMSPROP,
  /** Adagrad (Duchi et al. 2011). */
  ADAGRAD,
  /** Adafactor (Shazeer and Stern 2018) at a given rate. */
  ADAFACTOR,
  /** Muon (Jordan et al. 2024) for the matrices of the layers, AdamW for all else. */
  MUON
}
