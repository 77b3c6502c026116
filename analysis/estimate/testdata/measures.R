# Variances, covariances, correlations and Gini coefficients by svyvar and, for
# what it does not give, from their definitions with svytotal of the linearised
# variable. Design effects of ratios are those of the total of y - Rx.
gini <- function(des, v) {
  y <- model.frame(des)[[v]]; w <- weights(des); on <- w != 0
  N <- sum(w[on]); Y <- sum((w * y)[on])
  D <- rowSums(abs(outer(y, y[on], "-")) * rep(w[on], each = length(y)))
  G <- sum((w * D)[on]) / (2 * N * Y)
  u <- ifelse(on, (D - G * (Y + y * N)) / (N * Y), 0)
  list(G, SE(svytotal(~u, update(des, u = u))))
}
for (n in names(designs)) for (b in c("", "E", "M")) {
  des <- if (b == "") designs[[n]] else subset(designs[[n]], stype == b)
  for (v in c("api00", "enroll", "avg.ed")) {
    here <- subset(des, !is.na(get(v)))
    s <- svyvar(as.formula(paste("~", v)), here)
    put(n, b, paste0("variance(", v, ")"), "value", value = coef(s))
    put(n, b, paste0("variance(", v, ")"), "se", value = SE(s))
    put(n, b, paste0("sd(", v, ")"), "value", value = sqrt(coef(s)))
    put(n, b, paste0("sd(", v, ")"), "se", value = SE(s) / 2 / sqrt(coef(s)))
    g <- gini(here, v)
    put(n, b, paste0("gini(", v, ")"), "value", value = g[[1]])
    put(n, b, paste0("gini(", v, ")"), "se", value = g[[2]])
  }
  for (p in list(c("api00", "meals"), c("enroll", "avg.ed"))) {
    here <- subset(des, !is.na(get(p[1])) & !is.na(get(p[2])))
    s <- svyvar(as.formula(paste("~", p[1], "+", p[2])), here)
    m <- matrix(coef(s), 2); V <- attr(s, "var")
    r <- m[1, 2] / sqrt(m[1, 1] * m[2, 2])
    J <- c(-r / 2 / m[1, 1], 1 / sqrt(m[1, 1] * m[2, 2]), 0, -r / 2 / m[2, 2])
    item <- paste0("(", p[1], ",", p[2], ")")
    put(n, b, paste0("covariance", item), "value", value = m[1, 2])
    put(n, b, paste0("covariance", item), "se", value = sqrt(V[2, 2]))
    put(n, b, paste0("correlation", item), "value", value = r)
    put(n, b, paste0("correlation", item), "se", value = sqrt(J %*% V %*% J))
  }
  r <- coef(svyratio(~api00, ~api99, des))
  z <- update(des, z = api00 - r * api99)
  put(n, b, "api00/api99", "wor", value = deff(svytotal(~z, z, deff = TRUE)))
  put(n, b, "api00/api99", "wr", value = deff(svytotal(~z, z, deff = "replace")))
}
