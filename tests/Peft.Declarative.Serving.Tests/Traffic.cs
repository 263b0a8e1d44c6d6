using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Tests;

/// <summary>
/// Requests as a server in the open gets them: of all personas, whole and streamed, left in the middle, read slowly, too large, malformed and of unknown names.
/// What each persona says is compared with what it says alone.
/// </summary>
/// <param name="http">A client of the server.</param>
/// <param name="expected">What each persona says to each prompt, alone.</param>
/// <param name="maxBody">The number of bytes that the server reads of a body.</param>
/// <param name="tokens">The number of tokens of an answer.</param>
internal sealed class Traffic(HttpClient http, IReadOnlyDictionary<(string Persona, string Prompt), string> expected, int maxBody, int tokens)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly (string Persona, string Prompt)[] _asked = [.. expected.Keys];
    private readonly ConcurrentDictionary<string, int> _outcomes = new(StringComparer.Ordinal);

    private enum Kind
    {
        Whole, Streamed, Left, Slow, Several, Oversized, Malformed, Unknown,
    }

    /// <summary>What came of the requests, counted.</summary>
    internal IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    /// <summary>What must not be: wrong answers, wrong statuses, and requests without an end. Empty if all is well.</summary>
    internal ConcurrentBag<string> Wrong { get; } = [];

    /// <summary>Sends requests, several at once.</summary>
    internal async Task RunAsync(int first, int count, int atOnce)
    {
        int next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is int i && i < first + count)
            {
                await SendAsync(i);
            }
        }));
    }

    /// <summary>Asks every persona everything, one after another, so that the server is in the same state after each call.</summary>
    internal async Task ProbeAsync()
    {
        foreach ((string persona, string prompt) in _asked)
        {
            await WholeAsync(persona, prompt, 1, CancellationToken.None);
        }
    }

    private async Task SendAsync(int i)
    {
        var random = new Random(i);
        Kind kind = Enum.GetValues<Kind>()[random.Next(Enum.GetValues<Kind>().Length)];
        (string persona, string prompt) = _asked[random.Next(_asked.Length)];
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await (kind switch
            {
                Kind.Whole => WholeAsync(persona, prompt, 1, late.Token),
                Kind.Several => WholeAsync(persona, prompt, 3, late.Token),
                Kind.Streamed => StreamAsync(persona, prompt, TimeSpan.Zero, late.Token),
                Kind.Slow => StreamAsync(persona, prompt, TimeSpan.FromMilliseconds(20), late.Token),
                Kind.Left => LeaveAsync(persona, prompt, random.Next(tokens), late.Token),
                Kind.Oversized => RefusedAsync(new string(' ', maxBody + 1 + random.Next(maxBody)), HttpStatusCode.RequestEntityTooLarge, late.Token),
                Kind.Malformed => RefusedAsync(Body(persona, prompt, false, 1)[..random.Next(1, 40)], HttpStatusCode.BadRequest, late.Token),
                _ => RefusedAsync(Body(persona + "x", prompt, false, 1), HttpStatusCode.NotFound, late.Token),
            });
            _outcomes.AddOrUpdate(kind.ToString(), 1, (_, before) => before + 1);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or IOException)
        {
            Wrong.Add($"request {i} ({kind}): {error.GetType().Name}: {error.Message}");
        }
    }

    private async Task WholeAsync(string persona, string prompt, int choices, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await PostAsync(Body(persona, prompt, false, choices), cancellation);
        JsonNode body = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            Wrong.Add($"{(int)response.StatusCode} for '{persona}': {body}");
            return;
        }

        foreach (JsonNode? choice in body["choices"]!.AsArray())
        {
            Compare(persona, prompt, choice!["text"]!.GetValue<string>());
        }
    }

    private async Task StreamAsync(string persona, string prompt, TimeSpan pause, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        await foreach (string data in EventsAsync(persona, prompt, cancellation))
        {
            text.Append(JsonNode.Parse(data)!["choices"]![0]!["text"]!.GetValue<string>());
            await Task.Delay(pause, cancellation);
        }

        Compare(persona, prompt, text.ToString());
    }

    private async Task LeaveAsync(string persona, string prompt, int after, CancellationToken cancellation)
    {
        await foreach (string _ in EventsAsync(persona, prompt, cancellation))
        {
            if (after-- == 0)
            {
                return;   // which closes the connection
            }
        }
    }

    private async IAsyncEnumerable<string> EventsAsync(string persona, string prompt, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using HttpResponseMessage response = await PostAsync(Body(persona, prompt, true, 1), cancellation);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is { } line && line != "data: [DONE]")
        {
            if (line.Length > 0)
            {
                yield return line[6..];
            }
        }
    }

    private async Task RefusedAsync(string body, HttpStatusCode status, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await PostAsync(body, cancellation);
        if (response.StatusCode != status)
        {
            Wrong.Add($"{(int)response.StatusCode} instead of {(int)status}");
        }
    }

    private void Compare(string persona, string prompt, string answer)
    {
        if (answer != expected[(persona, prompt)])
        {
            string? other = expected.FirstOrDefault(entry => entry.Key.Prompt == prompt && entry.Value == answer).Key.Persona;
            Wrong.Add($"'{persona}' to '{prompt}': '{answer}' instead of '{expected[(persona, prompt)]}'{(other is null ? "" : $", which is what '{other}' says")}");
        }
    }

    private Task<HttpResponseMessage> PostAsync(string body, CancellationToken cancellation) => http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "v1/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") },
        HttpCompletionOption.ResponseHeadersRead, cancellation);

    private string Body(string persona, string prompt, bool stream, int choices) => new JsonObject
    {
        ["model"] = persona, ["prompt"] = prompt, ["max_tokens"] = tokens, ["temperature"] = 0, ["stream"] = stream, ["n"] = choices,
    }.ToJsonString();
}
