package org.plumbline.model.config;

/**
 * A mixture of experts in place of each MLP (Shazeer et al. 2017; Jiang et al. 2024).
 *
 * @param count experts of a layer
 * @param perToken how many of them a token goes through
 * @param balanceCoefficient weight of the load-balancing loss in training (Fedus et al. 2021); 0
 *     without
 */
public record Experts(int count, int perToken, double balanceCoefficient) {}
