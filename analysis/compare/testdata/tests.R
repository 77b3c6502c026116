# t tests, rank tests and Wald tests by R's survey package: by svyttest, svyranktest
# and regTermTest, and for several means at once from svytotal.
for (n in names(designs)) {
  des <- designs[[n]]
  two <- list(awards = des, sch.wide = subset(des, !is.na(avg.ed)))
  for (g in names(two)) {
    v <- c(awards = "api00", sch.wide = "avg.ed")[[g]]
    t <- svyttest(as.formula(paste(v, "~", g)), two[[g]])
    put(n, "t", g, "difference", value = t$estimate); put(n, "t", g, "t", value = t$statistic)
    put(n, "t", g, "df", value = t$parameter); put(n, "t", g, "p", value = t$p.value)
    put(n, "t", g, "low", value = t$conf.int[1]); put(n, "t", g, "high", value = t$conf.int[2])
  }
  eh <- update(subset(des, stype != "M"), level = ifelse(stype == "H", "H", "E"))
  t <- svyttest(enroll ~ level, eh)
  put(n, "t", "stype", "difference", value = t$estimate); put(n, "t", "stype", "t", value = t$statistic)
  put(n, "t", "stype", "df", value = t$parameter); put(n, "t", "stype", "p", value = t$p.value)
  t <- svyttest(I(api00 - api99) ~ 0, des)
  put(n, "paired", "difference", value = t$estimate); put(n, "paired", "t", value = t$statistic)
  put(n, "paired", "p", value = 2 * pt(-abs(t$statistic), degf(des)))   # the df of a mean
  for (s in c("wilcoxon", "vanderWaerden", "median")) {
    r <- svyranktest(untied ~ awards, des, test = s)
    put(n, s, "awards", "t", value = r$statistic); put(n, s, "awards", "p", value = r$p.value)
    put(n, s, "awards", "difference", value = r$estimate); put(n, s, "awards", "df", value = r$parameter)
    r <- svyranktest(untied ~ stype, des, test = if (s == "wilcoxon") "KruskalWallis" else s)
    put(n, s, "stype", "F", value = r$parameter / 2); put(n, s, "stype", "df", value = r$ddf)
    put(n, s, "stype", "p", value = r$p.value)
  }
  # domain means with the covariance of all, from their linearised variables
  f <- model.frame(des); w <- weights(des); theta <- c(); u <- c()
  for (v in c("api00", "enroll")) for (l in c("E", "H", "M")) {
    d <- f$stype == l & !is.na(f[[v]]); m <- sum((w * f[[v]])[d]) / sum(w[d])
    theta <- c(theta, m); u <- cbind(u, ifelse(d, (f[[v]] - m) / sum(w[d]), 0))
  }
  V <- vcov(svytotal(u, des))
  C <- rbind(c(-1, 1, 0, 0, 0, 0), c(-1, 0, 1, 0, 0, 0), c(0, 0, 0, 1, -2, 1))
  b <- C %*% theta - c(0, 0, 100)
  W <- as.numeric(t(b) %*% solve(C %*% V %*% t(C), b)); d <- degf(des)
  put(n, "wald", "chi", value = W)
  put(n, "wald", "p", value = pf(W / 3, 3, d, lower.tail = FALSE))
  put(n, "wald", "adjusted_p", value = pf(W / 3 * (d - 2) / d, 3, d - 2, lower.tail = FALSE))
  m <- svyglm(api00 ~ stype, des); r <- regTermTest(m, ~stype)
  put(n, "term", "F", value = r$Ftest); put(n, "term", "p", value = r$p); put(n, "term", "df", value = r$ddf)
}
# equal weights: ties are treated alike
r <- svyranktest(api00 ~ awards, designs$clusters)
put("clusters", "ties", "t", value = r$statistic)
