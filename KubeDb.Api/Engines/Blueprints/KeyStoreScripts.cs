namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Functions of the start scripts of servers that run on Java: the stores that the server reads, of what <see cref="KeyStoreObjects"/> mounts.</summary>
internal static class KeyStoreScripts
{
    /// <summary>
    /// <c>renew_stores</c> makes of the folder <c>certificates</c> what is missing or older in the folder <c>stores</c>, and fails where the former is not
    /// whole. Needs functions <c>put</c> (a file that appears whole) and <c>store_password</c>. Ends without a line break.
    /// </summary>
    /// <param name="keyStore">Name of the key store that the server reads.</param>
    /// <param name="trustStore">Name of the trust store that it reads.</param>
    public static string Functions(string keyStore = "server.keystore.jks", string trustStore = "server.truststore.jks") => $$"""
        differs() { [ "$(sha256sum <"$1")" != "$(sha256sum <"$2")" ]; } 2>/dev/null

        renew_stores() { # whom to trust first: what is shown next may be of a new authority
          local file
          [ -r "$certificates/keystore.jks" ] && [ -r "$certificates/ca.crt" ] || return 1
          if differs "$certificates/ca.crt" "$stores/ca.crt"; then
            make_truststore || return 1
            put "$stores/ca.crt" <"$certificates/ca.crt" || return 1
          fi
          for file in tls.crt tls.key; do
            ! differs "$certificates/$file" "$stores/$file" || put "$stores/$file" <"$certificates/$file" || return 1
          done
          ! differs "$certificates/keystore.jks" "$stores/{{keyStore}}" || put "$stores/{{keyStore}}" <"$certificates/keystore.jks"
        }

        make_truststore() {
          local file
          rm -f "$stores"/.trust*
          awk -v to="$stores/.trust" '/BEGIN CERTIFICATE/ { n++ } n { print >(to "." n ".crt") }' "$certificates/ca.crt" || return 1
          for file in "$stores"/.trust.*.crt; do
            STORE_PASSWORD=$(store_password) keytool -importcert -noprompt -alias "$(basename "$file" .crt)" -file "$file" \
              -keystore "$stores/.trust.jks" -storetype JKS -storepass:env STORE_PASSWORD >/dev/null 2>&1 || return 1
          done
          mv -f "$stores/.trust.jks" "$stores/{{trustStore}}" && rm -f "$stores"/.trust*
        }
        """;
}
