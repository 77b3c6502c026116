# Average marginal effects from their definition: the gradient by numerical
# derivatives, the error of the predictors by svytotal of the linearised variable.
expit <- plogis
exact <- glm.control(epsilon = 1e-14, maxit = 100)
put_effect <- function(n, model, name, fit, X, h, des) {
  w <- weights(des); on <- w != 0; N <- sum(w[on])
  ame <- function(b) sum((w * h(b))[on]) / N
  b <- coef(fit); J <- numDeriv::grad(ame, b)
  put(n, model, name, "value", value = ame(b))
  put(n, model, name, "se", value = sqrt(J %*% vcov(fit) %*% J))
  mu <- if (fit$family$link == "logit") expit(X %*% b) else X %*% b
  slope <- if (fit$family$link == "logit") mu * (1 - mu) else rep(1, length(mu))
  y <- model.frame(des)$award
  A <- solve(t(X) %*% (X * as.numeric(w * slope)))
  u <- as.numeric((X * as.numeric(y - mu)) %*% A %*% J) + ifelse(on, (h(b) - ame(b)) / N, 0)
  put(n, model, name, "population", value = SE(svytotal(~u, update(des, u = ifelse(on, u, 0)))))
}
for (n in names(designs)) for (model in c("plain", "crossed", "linear")) {
  des <- designs[[n]]
  f <- if (model == "crossed") award ~ stype + meals + ell + stype:meals else award ~ stype + meals + ell
  fit <- if (model == "linear") svyglm(f, des) else svyglm(f, des, family = quasibinomial(), control = exact)
  link <- if (model == "linear") identity else expit
  d <- model.frame(des)
  at <- function(change) model.matrix(f, transform(d, award = 1) |> change())
  X <- at(identity)
  for (l in c("H", "M")) {
    X1 <- at(function(d) { d$stype[] <- l; d }); X0 <- at(function(d) { d$stype[] <- "E"; d })
    put_effect(n, model, paste0("stype=", l), fit, X, function(b) as.numeric(link(X1 %*% b) - link(X0 %*% b)), des)
  }
  for (v in c("meals", "ell")) {
    DX <- at(function(d) { d[[v]] <- d[[v]] + 1; d }) - X   # linear in v: its derivative
    h <- function(b) { m <- link(X %*% b); s <- if (model == "linear") 1 else m * (1 - m); as.numeric(s * (DX %*% b)) }
    put_effect(n, model, v, fit, X, h, des)
  }
}
