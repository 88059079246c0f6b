const axios = require('axios');

const client = axios.create({
  baseURL: 'https://api.deskforge.app',
  headers: {
    'Authorization': `Bearer ${process.env.DESKFORGE_API_KEY}`,
    'Content-Type': 'application/json'
  }
});

// Make authenticated requests
const response = await client.get('/projects');
console.log(response.data);
