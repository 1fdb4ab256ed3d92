package org.plumbline.training;

/** Update rules. */
public enum OptimizerKind {
  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  ADAMW,
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
