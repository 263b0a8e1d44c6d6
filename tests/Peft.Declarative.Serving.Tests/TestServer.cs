using System.ClientModel;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace Peft.Declarative.Serving.Tests;

/// <summary>A server on this machine, at a port that the system chooses.</summary>
internal sealed partial class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;

        // A stream that is disposed closes its connection; by default, a client reads the rest first.
        Http = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = address };
    }

    internal Uri Address { get; }

    internal HttpClient Http { get; }

    internal IServiceProvider Services => _app.Services;

    /// <param name="folder">What it serves.</param>
    /// <param name="configure">Sets options.</param>
    /// <param name="builder">Adds to the program what else it has.</param>
    internal static async Task<TestServer> StartAsync(PersonaFolder folder, Action<PeftServerOptions>? configure = null, Action<WebApplicationBuilder>? builder = null)
    {
        WebApplicationBuilder program = Builder();
        program.AddPeft(options =>
        {
            options.Model = folder.Model;
            options.Adapters = folder.Adapters;
            configure?.Invoke(options);
        });
        builder?.Invoke(program);
        WebApplication app = program.Build();
        app.MapPeft();
        return await StartAsync(app);
    }

    /// <summary>The protocol in front of a host that has none.</summary>
    internal static Task<TestServer> StartAsync(IServiceProvider host)
    {
        WebApplication app = Builder().Build();
        new Front(app, host).MapPeft();
        return StartAsync(app);
    }

    /// <summary>OpenAI's own client of this server.</summary>
    internal OpenAIClient OpenAI(string key = "none") => new(new ApiKeyCredential(key), new OpenAIClientOptions
    {
        Endpoint = new Uri(Address, "v1"),
        RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0),
    });

    internal async Task<(int Status, JsonNode? Body)> PostAsync(string path, string json, string? key = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage response = await Http.SendAsync(request, cancellation);
        string text = await response.Content.ReadAsStringAsync(cancellation);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    internal async Task<(int Status, string Text)> GetAsync(string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage response = await Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What <c>/health</c> says once it is what is awaited, or in the end: what ends in the background takes a moment.</summary>
    internal async Task<JsonNode> HealthAsync(Func<JsonNode, bool> isAwaited)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            JsonNode health = JsonNode.Parse(await Http.GetStringAsync("health"))!;
            if (isAwaited(health) || TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(20))
            {
                return health;
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The tokens that the server has generated, or read as input, according to <c>/metrics</c>, once they are more than they were, or in the end.</summary>
    /// <param name="before">How many they were.</param>
    /// <param name="kind">Which tokens: <c>input</c> or <c>output</c>.</param>
    /// <param name="persona">Whose; by default everybody's. Servers of one process count together.</param>
    internal async Task<long> TokensAsync(long before, string kind = "output", string persona = "")
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            long tokens = Counted().Matches(await Http.GetStringAsync("metrics"))
                .Where(match => match.Groups[1].Value == kind && match.Value.Contains(persona, StringComparison.Ordinal)).Sum(match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
            if (tokens > before || TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(20))
            {
                return tokens;
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Stops as a server that gets SIGTERM does.</summary>
    internal Task StopAsync() => _app.StopAsync();

    /// <summary>A streamed completion, as the server sends it.</summary>
    internal async Task<StreamReader> StreamAsync(string json, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
    }

    private static WebApplicationBuilder Builder()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    private static async Task<TestServer> StartAsync(WebApplication app)
    {
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new TestServer(app, new Uri(address));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Front(IEndpointRouteBuilder app, IServiceProvider host) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => host;

        public ICollection<EndpointDataSource> DataSources => app.DataSources;

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(host);
    }

    [GeneratedRegex("""^peft_tokens[^{]*\{[^}]*"(input|output)"[^}]*\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Counted();
}
