// utils.js - Shared utilities
export function generateRandomUser() {
  return {
    username: `user_${Math.random().toString(36).substr(2, 9)}`,
    email: `user_${Math.random().toString(36).substr(2, 9)}@example.com`,
  }
}
