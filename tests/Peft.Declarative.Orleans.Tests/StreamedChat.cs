using System.Text;
using System.Text.Json.Nodes;
using Peft.Declarative.Serving.Tests;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>A streamed answer, read as it comes.</summary>
internal sealed class StreamedChat : IDisposable
{
    private readonly StreamReader _reader;
    private readonly StringBuilder _text = new();

    private StreamedChat(StreamReader reader) => _reader = reader;

    internal string Text => _text.ToString();

    /// <summary>The error that ended it; <see langword="null"/> if there was none.</summary>
    internal JsonNode? Error { get; private set; }

    /// <summary>Whether it ended as a whole answer does.</summary>
    internal bool IsDone { get; private set; }

    internal static async Task<StreamedChat> StartAsync(TestServer server, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        HttpResponseMessage response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new StreamedChat(new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Reads until there is some text.</summary>
    internal async Task BeginAsync()
    {
        while (Text.Length == 0 && await ReadAsync())
        {
        }
    }

    /// <summary>Reads to the end.</summary>
    internal async Task<StreamedChat> EndAsync()
    {
        while (await ReadAsync())
        {
        }

        return this;
    }

    public void Dispose() => _reader.Dispose();

    private async Task<bool> ReadAsync()
    {
        string? line = await _reader.ReadLineAsync();
        if (line?.StartsWith("data: ", StringComparison.Ordinal) == true)
        {
            IsDone |= line == "data: [DONE]";
            JsonNode? data = IsDone ? null : JsonNode.Parse(line["data: ".Length..]);
            Error ??= data?["error"];
            _text.Append(data?["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"]?.GetValue<string>());
        }

        return line is not null;
    }
}
