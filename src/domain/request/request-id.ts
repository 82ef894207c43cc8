/** The format of request ids: `r-` and ten of 0-9, a-z. */
export const REQUEST_ID = /^r-[0-9a-z]{10}$/;
