using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Peft.Declarative.Serving.Protocol;

namespace Peft.Declarative.Serving.Http;

/// <summary>Reads the body of a request up to a size, which is limited while it is read, because a client may state another one or none.</summary>
internal static class BodyBytes
{
    private const int Piece = 4_096;

    /// <exception cref="ProtocolException">413: it is larger. 400: it is no body of HTTP.</exception>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http, int most, CancellationToken cancellation)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = most + 1L;
        }

        var body = new ArrayBufferWriter<byte>();
        try
        {
            while (await http.Request.Body.ReadAsync(body.GetMemory(Piece), cancellation).ConfigureAwait(false) is > 0 and int read)
            {
                body.Advance(read);
                if (body.WrittenCount > most)
                {
                    throw TooLarge(most);
                }
            }
        }
        catch (BadHttpRequestException error)
        {
            throw error.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(most) : new ProtocolException(error.StatusCode, null, error.Message);
        }

        return body.WrittenMemory;
    }

    private static ProtocolException TooLarge(int most) => new(413, null, FormattableString.Invariant($"The body has more than {most} bytes. Send less."));
}
