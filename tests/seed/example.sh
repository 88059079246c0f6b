curl -X GET https://api.deskforge.app/projects \
  -H "Authorization: Bearer df_1234567890abcdef" \
  -H "Content-Type: application/json"
