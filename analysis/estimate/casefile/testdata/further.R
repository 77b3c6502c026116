# What the further statistics of a case are in R's survey package.
for (n in c("strata", "clusters")) {
  des <- designs[[n]]
  v <- svyvar(~api00 + enroll, subset(des, !is.na(enroll)))
  m <- matrix(coef(v), 2); V <- attr(v, "var")
  put(n, "variance", "api00", "estimate", value = m[1, 1]); put(n, "variance", "api00", "se", value = sqrt(V[1, 1]))
  put(n, "sd", "api00", "estimate", value = sqrt(m[1, 1])); put(n, "sd", "api00", "se", value = sqrt(V[1, 1]) / 2 / sqrt(m[1, 1]))
  put(n, "covariance", "api00", "estimate", value = m[1, 2]); put(n, "covariance", "api00", "se", value = sqrt(V[2, 2]))
  r <- m[1, 2] / sqrt(m[1, 1] * m[2, 2])
  J <- c(-r / 2 / m[1, 1], 1 / sqrt(m[1, 1] * m[2, 2]), 0, -r / 2 / m[2, 2])
  put(n, "correlation", "api00", "estimate", value = r); put(n, "correlation", "api00", "se", value = sqrt(J %*% V %*% J))

  t <- svyttest(api00 ~ awards, des)
  put(n, "ttest", "groups", "estimate", value = t$estimate); put(n, "ttest", "groups", "statistic", value = t$statistic)
  put(n, "ttest", "groups", "df", value = t$parameter); put(n, "ttest", "groups", "p", value = t$p.value)
  put(n, "ttest", "groups", "ci_low", value = t$conf.int[1]); put(n, "ttest", "groups", "ci_high", value = t$conf.int[2])
  t <- svyttest(I(api00 - api99 - 20) ~ 0, des)   # has one degree of freedom less
  put(n, "ttest", "pairs", "estimate", value = t$estimate); put(n, "ttest", "pairs", "statistic", value = t$statistic)

  k <- svyranktest(untied ~ awards, des)
  put(n, "ranktest", "two", "statistic", value = k$statistic); put(n, "ranktest", "two", "p", value = k$p.value)
  k <- svyranktest(untied ~ stype, des, test = "vanderWaerden")
  put(n, "ranktest", "three", "statistic", value = k$parameter / 2); put(n, "ranktest", "three", "p", value = k$p.value)

  # all three means alike: the test of a term on the degrees of freedom of means
  w <- regTermTest(svyglm(api00 ~ stype, des), ~stype, df = degf(des))
  put(n, "wald", "stype", "statistic", value = w$Ftest); put(n, "wald", "stype", "p", value = w$p)

  fit <- svyglm(award ~ stype + api99, des, family = quasibinomial(), control = list(epsilon = 1e-15, maxit = 100))
  X <- model.matrix(fit); p <- fitted(fit); w <- weights(des)
  put(n, "margins", "api99", "estimate", value = sum(w * p * (1 - p)) / sum(w) * coef(fit)[["api99"]])
  h <- l <- X; h[, "stypeH"] <- 1; h[, "stypeM"] <- 0; l[, c("stypeH", "stypeM")] <- 0
  ph <- plogis(h %*% coef(fit)); pl <- plogis(l %*% coef(fit))
  J <- colSums(w * (as.vector(ph * (1 - ph)) * h - as.vector(pl * (1 - pl)) * l)) / sum(w)
  put(n, "margins", "stype=H", "estimate", value = sum(w * (ph - pl)) / sum(w))
  put(n, "margins", "stype=H", "se", value = sqrt(J %*% vcov(fit) %*% J))
}
