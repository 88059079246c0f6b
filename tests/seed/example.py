import os
import requests

API_KEY = os.getenv('DESKFORGE_API_KEY')
BASE_URL = 'https://api.deskforge.app'

headers = {
    'Authorization': f'Bearer {API_KEY}',
    'Content-Type': 'application/json'
}

response = requests.get(f'{BASE_URL}/projects', headers=headers)
projects = response.json()
print(projects)
