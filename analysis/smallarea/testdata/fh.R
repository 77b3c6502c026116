# Fay-Herriot model from its textbook formulas with full matrices, solved to
# machine precision: the peer of the live test. Reads each file named (y NA: no
# sample), fits it by both methods, prints one JSON object a file and method.
solve_area_model <- function(a, method) {
  all <- as.matrix(a[, grep("^x", names(a)), drop = FALSE])
  s <- !is.na(a$y)
  y <- a$y[s]; psi <- a$psi[s]; X <- all[s, , drop = FALSE]
  m <- length(y); p <- ncol(X)
  parts <- function(A) {
    Vi <- diag(1 / (A + psi))
    Q <- solve(t(X) %*% Vi %*% X)
    P <- Vi - Vi %*% X %*% Q %*% t(X) %*% Vi
    list(Vi = Vi, Q = Q, P = P, beta = Q %*% t(X) %*% Vi %*% y)
  }
  loglik <- function(A) {
    g <- parts(A)
    -0.5 * (sum(log(A + psi)) + as.numeric(determinant(solve(g$Q))$modulus) + as.numeric(t(y) %*% g$P %*% y))
  }
  equation <- if (method == "reml")
    function(A) { P <- parts(A)$P; -0.5 * sum(diag(P)) + 0.5 * sum((P %*% y)^2) } else
    function(A) as.numeric(t(y) %*% parts(A)$P %*% y) - (m - p)
  if (method == "reml") {
    # the neighbourhood by optimising the likelihood, the last digits by its score
    near <- optimize(loglik, c(0, 10 * var(y)), maximum = TRUE, tol = 1e-10)$maximum
    A <- if (loglik(0) >= loglik(near)) 0 else uniroot(equation, near * c(0.99, 1.01), tol = 1e-16)$root
  } else {
    A <- if (equation(0) <= 0) 0 else uniroot(equation, c(0, 100 * var(y)), tol = 1e-16)$root
  }
  g <- parts(A)
  v <- 1 / (A + psi)
  if (method == "reml") { VA <- 2 / sum(v^2); b <- 0 } else {
    VA <- 2 * m / sum(v)^2
    b <- 2 * (m * sum(v^2) - sum(v)^2) / sum(v)^3
  }
  pred <- as.numeric(all %*% g$beta)
  lev <- rowSums((all %*% g$Q) * all)
  gam <- ifelse(s, A / (A + a$psi), 0)
  est <- ifelse(s, pred + gam * (a$y - pred), pred)
  mse <- ifelse(s, gam * a$psi + (1 - gam)^2 * lev +
    pmax(2 * a$psi^2 / (A + a$psi)^3 * VA - b * (1 - gam)^2, 0), A + lev)
  list(between = A, between_var = VA, loglik = loglik(A), beta = as.numeric(g$beta),
    beta_se = sqrt(diag(g$Q)), est = est, mse = mse,
    residual = as.numeric(y - pred[s]) / sqrt(diag(solve(g$Vi) - X %*% g$Q %*% t(X))))
}
answers <- list()
for (path in commandArgs(TRUE)) for (method in c("reml", "fh"))
  answers <- c(answers, list(solve_area_model(read.csv(path), method)))
cat(jsonlite::toJSON(answers, digits = NA, auto_unbox = TRUE))
