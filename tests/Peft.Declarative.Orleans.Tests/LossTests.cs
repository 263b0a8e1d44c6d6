using System.Text.Json.Nodes;
using Peft.Declarative.Serving.Tests;
using Member = Peft.Declarative.Orleans.Tests.PersonaCluster.Member;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>Silos that come and go while requests are answered.</summary>
public sealed class LossTests : IDisposable
{
    private static readonly string[] Personas = ["captain", "pirate", "poet", "sailor", "smith", "weaver"];

    private readonly PersonaFolder _folder = new(Personas);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Silo_KilledUnderLoad_LosesItsStreamsOnly()
    {
        await using PersonaCluster cluster = await StartAsync(rows: 8);
        Member lost = cluster.HomeOf("captain");
        Member front = cluster.Members.First(member => member != lost);
        string[] streamed = [.. Personas.Where(persona => cluster.HomeOf(persona) == lost).Take(2), Personas.First(persona => cluster.HomeOf(persona) != lost)];
        StreamedChat[] streams = await Task.WhenAll(streamed.Select(persona => StreamedChat.StartAsync(front.Server, Member.Chat(persona, "hello", 450, stream: true))));
        await Task.WhenAll(streams.Select(stream => stream.BeginAsync()));
        Task<string>[] whole = [.. Enumerable.Range(0, 24).Select(i => front.AskAsync(Personas[i % 6], $"hello {i}", 60))];
        Task<string[]> several = front.AskAsync(streamed[0], "hello all", 200, choices: 3);
        await PersonaCluster.UntilAsync(() => lost.Table.All[0].Report.Load > streams.Length);   // more to lose than its streams

        await cluster.KillAsync(lost);

        await Task.WhenAll(streams.Select(stream => stream.EndAsync())).WaitAsync(TimeSpan.FromSeconds(60));
        string[] answers = await Task.WhenAll(whole).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => _folder.Expected(Personas[i % 6], $"hello {i}", 60)), answers);
        Assert.Equal(Enumerable.Repeat(_folder.Expected(streamed[0], "hello all", 200), 3), await several.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.All(streams[..^1], stream =>
        {
            Assert.False(stream.IsDone);
            Assert.Equal("server_error", stream.Error!["type"]!.GetValue<string>());
            Assert.Contains("was lost", stream.Error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        });
        Assert.True(streams[^1].IsDone);
        Assert.Equal(_folder.Expected(streamed[^1], "hello", 450), streams[^1].Text);

        string[] later = await Task.WhenAll(Personas.Select(persona => front.AskAsync(persona, "and now", 5)));
        Assert.Equal(Personas.Select(persona => _folder.Expected(persona, "and now", 5)), later);
        Assert.Equal(2, (await front.HealthAsync())["silos"]!.AsArray().Count);
    }

    [Fact]
    public async Task Silo_ThatIsStopped_EndsItsStreamsFirst()
    {
        await using PersonaCluster cluster = await StartAsync(rows: 8);
        Member stopped = cluster.HomeOf("poet");
        Member front = cluster.Members.First(member => member != stopped);
        using StreamedChat stream = await StreamedChat.StartAsync(front.Server, Member.Chat("poet", "hello", 300, stream: true));
        await stream.BeginAsync();

        Task stop = cluster.StopAsync(stopped);
        string[] meanwhile = await Task.WhenAll(Personas.Select(persona => front.AskAsync(persona, "and now", 5)));
        await stream.EndAsync();
        await stop.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(stream.IsDone);
        Assert.Equal(_folder.Expected("poet", "hello", 300), stream.Text);
        Assert.Equal(Personas.Select(persona => _folder.Expected(persona, "and now", 5)), meanwhile);
    }

    [Fact]
    public async Task Silo_ThatJoins_TakesPart()
    {
        await using PersonaCluster cluster = await StartAsync(rows: 1, silos: 1);

        Member joined = await cluster.JoinAsync();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => cluster.Members[0].AskAsync("poet", $"hello {i}", 200)));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => _folder.Expected("poet", $"hello {i}", 200)), answers);
        Assert.NotEqual(0, cluster.Tokens(joined, "poet"));
    }

    [Fact]
    public async Task Requests_BeyondAllQueues_Are429()
    {
        _folder.LongTexts();   // the streams end when the test lets them
        await using PersonaCluster cluster = await PersonaCluster.StartAsync(
            (_, options) => (options.Model, options.Adapters, options.MaxRows, options.QueueLength, options.MaxNewTokens) =
                (_folder.Model, _folder.Adapters, 1, 1, PersonaFolder.LongText),
            silos: 2, reports: TimeSpan.FromSeconds(5));
        StreamedChat[] places = [await BeginAsync(), await BeginAsync()];
        Task<(int Status, JsonNode? Body)>[] waiting = [.. cluster.Members.Select(_ => AskAsync())];
        await PersonaCluster.UntilAsync(() => cluster.Members.All(member => member.Waiting == 1));

        (int status, JsonNode? body) = await AskAsync();

        Assert.Equal(429, status);
        Assert.Equal("queue_full", body!["error"]!["code"]!.GetValue<string>());
        Assert.All(waiting, answer => Assert.False(answer.IsCompleted));
        Array.ForEach(places, place => place.Dispose());
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(200, answer.Status));

        async Task<StreamedChat> BeginAsync()
        {
            StreamedChat stream = await StreamedChat.StartAsync(cluster.Members[0].Server, Member.Chat("poet", "hello", PersonaFolder.LongText, stream: true));
            await stream.BeginAsync();
            return stream;
        }

        Task<(int Status, JsonNode? Body)> AskAsync() => cluster.Members[0].Server.PostAsync("v1/chat/completions", Member.Chat("poet", "hello", 4, stream: false));
    }

    private Task<PersonaCluster> StartAsync(int rows, short silos = 3) => PersonaCluster.StartAsync(
        (_, options) => (options.Model, options.Adapters, options.MaxRows) = (_folder.Model, _folder.Adapters, rows), silos);
}
