using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peft.Declarative.Serving.Protocol;

namespace Peft.Declarative.Serving.Http;

/// <summary>Admits requests with a key, and turns what goes wrong into errors of the protocol.</summary>
internal sealed partial class RequestGuard(IOptions<PeftServerOptions> options, ILogger<RequestGuard> log)
{
    private readonly byte[][] _keys = [.. options.Value.ApiKeys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    internal async Task RunAsync(HttpContext http, RequestDelegate next, bool needsKey)
    {
        try
        {
            if (needsKey && !Admits(http))
            {
                throw new ProtocolException(401, "invalid_api_key", "The request has no valid key. Send one of the server's keys as 'Authorization: Bearer KEY'.");
            }

            await next(http).ConfigureAwait(false);
        }
        catch (ProtocolException error)
        {
            await ErrorResponse.WriteAsync(http, error).ConfigureAwait(false);
        }
        catch (PeftException error)
        {
            LogFailed(error);
            await ErrorResponse.WriteAsync(http, ProtocolException.Of(error)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error);
            await ErrorResponse.WriteAsync(http, new ProtocolException(500, null, "The server failed to answer; its log says why.")).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a request has one of the keys, or the server has none.</summary>
    internal bool Admits(HttpContext http) => _keys.Length == 0 || HasKey(http);

    // Hashes have one length, and all keys are compared, so that the time says nothing about a key.
    private bool HasKey(HttpContext http)
    {
        const string Scheme = "Bearer ";
        string header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..]));
        bool found = false;
        foreach (byte[] key in _keys)
        {
            found |= CryptographicOperations.FixedTimeEquals(key, given);
        }

        return found;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed.")]
    private partial void LogFailed(Exception error);
}
