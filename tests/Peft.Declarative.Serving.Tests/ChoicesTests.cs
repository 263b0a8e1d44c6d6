using System.Text.Json.Nodes;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Requests for several answers at once.</summary>
public sealed class ChoicesTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Choices_OfOneRequest_AreThoseOfAsManySeeds()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        string[] alone = [.. Enumerable.Range(0, 4).Select(i =>
            _folder.Expected("captain", "hello", new GenerationOptions { MaxNewTokens = 12, DoSample = true, Temperature = 0.9, Seed = 40 + i }))];

        (int status, JsonNode? body) = await server.PostAsync("v1/chat/completions", Chat(choices: 4));

        Assert.Equal(200, status);
        Assert.Equal(alone, body!["choices"]!.AsArray().Select(choice => choice!["message"]!["content"]!.GetValue<string>()));
        Assert.Equal(Enumerable.Range(0, 4), body["choices"]!.AsArray().Select(choice => choice!["index"]!.GetValue<int>()));
        Assert.Equal(4, alone.Distinct().Count());
    }

    [Fact]
    public async Task Choices_OfOneRequest_CountItsPromptOnce()
    {
        const string Persona = "counted-here-only";
        _folder.Add(Persona);
        await using TestServer server = await TestServer.StartAsync(_folder);

        (_, JsonNode? body) = await server.PostAsync("v1/chat/completions", Chat(choices: 4).Replace("captain", Persona, StringComparison.Ordinal));

        long generated = body!["usage"]!["completion_tokens"]!.GetValue<long>();
        Assert.Equal(generated, await server.TokensAsync(before: generated - 1, "output", Persona));
        Assert.Equal(body["usage"]!["prompt_tokens"]!.GetValue<long>(), await server.TokensAsync(before: 0, "input", Persona));
    }

    [Fact]
    public async Task Choices_OfAStream_AreThoseOfAsManySeeds()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        using StreamReader stream = await server.StreamAsync(
            """{"model": "captain", "prompt": "One day", "n": 3, "max_tokens": 40, "temperature": 0.9, "seed": 7, "stream": true, "stream_options": {"include_usage": true}}""");
        JsonNode[] events = [.. (await stream.ReadToEndAsync()).Split("\n\n").Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];

        JsonNode usage = events[^1]["usage"]!;
        Assert.InRange(usage["completion_tokens"]!.GetValue<int>(), 3, 120);
        for (int i = 0; i < 3; i++)
        {
            (_, JsonNode? one) = await server.PostAsync("v1/completions", $$"""{"model": "captain", "prompt": "One day", "max_tokens": 40, "temperature": 0.9, "seed": {{7 + i}}}""");
            string text = string.Concat(events.SelectMany(data => data["choices"]!.AsArray()).Where(choice => choice!["index"]!.GetValue<int>() == i).Select(choice => choice!["text"]!.GetValue<string>()));
            Assert.Equal(one!["choices"]![0]!["text"]!.GetValue<string>(), text);
        }
    }

    [Fact]
    public async Task Choices_MoreThanTheBatchHasRows_AreAllAnswered()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.MaxRows = 2);

        (int Status, JsonNode? Body)[] answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.PostAsync("v1/chat/completions", Chat(choices: 5))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.All(answers, answer => Assert.Equal(5, answer.Body!["choices"]!.AsArray().Count));
        Assert.Single(answers.Select(answer => answer.Body!["choices"]!.ToJsonString()).Distinct());
    }

    [Fact]
    public async Task Run_OfSeveral_GivesThePiecesOfAllAtOnce()
    {
        var seen = new TaskCompletionSource();

        List<int> order = [];
        await foreach ((int choice, TextPiece? piece) in Choices.RunAsync([0, 1], Generate, default))
        {
            order.Add(choice);
            if (choice == 1 && piece is not null)
            {
                seen.TrySetResult();
            }
        }

        Assert.True(order.IndexOf(1) < order.LastIndexOf(0), string.Join(' ', order));

        // The first text goes on only after a piece of the second has been seen.
        async IAsyncEnumerable<TextPiece> Generate(int choice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return new TextPiece("a", []);
            if (choice == 0)
            {
                await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellation);
                yield return new TextPiece("b", []);
            }
        }
    }

    [Fact]
    public async Task Run_WithOneThatFails_EndsTheOthers()
    {
        var gone = new TaskCompletionSource();

        var failure = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in Choices.RunAsync([0, 1], Generate, default))
            {
            }
        });

        Assert.Equal("none", failure.Message);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));

        async IAsyncEnumerable<TextPiece> Generate(int choice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return new TextPiece("a", []);
            if (choice == 0)
            {
                throw new InvalidDataException("none");
            }

            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                gone.SetResult();
            }
        }
    }

    private static string Chat(int choices) =>
        $$"""{"model": "captain", "messages": [{"role": "user", "content": "hello"}], "n": {{choices}}, "max_tokens": 12, "temperature": 0.9, "seed": 40}""";
}
