using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Peft.Declarative.App;
using Peft.Declarative.Models;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Programs that begin and end: at a port, from a command, without the web, and while clients are still there.</summary>
public sealed class LifetimeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PersonaFolder _folder = new("captain");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Server_WhosePortIsTaken_SaysWhatToDo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<IOException>(() => PeftServer.RunAsync(_folder.Model, _folder.Adapters, "cpu", At(port)).WaitAsync(Patience));

        Assert.Contains($":{port}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Choose another port, or stop the program that has it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Serve_WithoutAnAddress_ListensToThisMachineOnly()
    {
        Uri? address = null;

        int exitCode = Run((_, _, _, at, _) => { address = at; return Task.CompletedTask; }, "serve", "--model", _folder.Model);

        Assert.Equal(0, exitCode);
        Assert.Equal(new Uri("http://127.0.0.1:8080"), address);
    }

    [Fact]
    public async Task Serve_AnswersUntilItIsStopped()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        using var stop = new CancellationTokenSource();
        Task<int> running = Task.Run(() => Run(
            (model, adapters, device, at, _) => PeftServer.RunAsync(model, adapters, device, at, stop.Token),
            "serve", "--model", _folder.Model, "--adapters", _folder.Adapters, "--device", "cpu", "--port", $"{port}"));

        using var http = new HttpClient { BaseAddress = At(port) };
        using HttpResponseMessage answer = await WhenItListensAsync(() => http.PostAsync("v1/completions", Json("""{"model": "captain", "prompt": "One day", "max_tokens": 3}""")), running);
        await stop.CancelAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await running.WaitAsync(Patience));
    }

    [Fact]
    public async Task Worker_WithoutAWebServer_HasChatClients()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.AddPeft(options => (options.Model, options.Adapters) = (_folder.Model, _folder.Adapters));
        using IHost host = builder.Build();
        await host.StartAsync();

        ChatResponse answer = await host.Services.GetRequiredKeyedService<IChatClient>("captain").GetResponseAsync("hello", new ChatOptions { Temperature = 0, MaxOutputTokens = 8 });

        Assert.Equal(_folder.Expected("captain", "hello", 8), answer.Text);
        await host.StopAsync();
    }

    [Fact]
    public async Task Request_WhileTheServerEnds_Is503()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        (int Status, JsonNode? Body) late = default;
        using CancellationTokenRegistration ends = server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(
            () => late = server.PostAsync("v1/completions", """{"model": "captain", "prompt": "hi"}""").GetAwaiter().GetResult());

        await server.StopAsync();

        Assert.Equal(503, late.Status);
        Assert.Contains("shutting down", late.Body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WhoseDrainTimeoutEnds_EndsTheStream()
    {
        _folder.LongTexts();
        await using TestServer server = await TestServer.StartAsync(
            _folder, options => (options.DrainTimeout, options.MaxNewTokens) = (TimeSpan.FromMilliseconds(300), PersonaFolder.LongText));
        using StreamReader stream = await server.StreamAsync($$"""{"model": "captain", "prompt": "hello", "max_tokens": {{PersonaFolder.LongText}}, "temperature": 0, "stream": true}""");
        await stream.ReadLineAsync();

        await server.StopAsync().WaitAsync(Patience);

        string rest = "";
        try
        {
            rest = await stream.ReadToEndAsync().WaitAsync(Patience);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            // the connection was cut
        }

        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatStopsReading_LosesItsStreamAndTheOthersGoOn()
    {
        _folder.LongTexts();
        await using TestServer server = await TestServer.StartAsync(
            _folder, options => (options.WriteTimeout, options.MaxNewTokens, options.MaxRows) = (TimeSpan.FromMilliseconds(300), PersonaFolder.LongText, 2), SmallBuffers);
        string alone = await AnswerAsync(server);
        using var stuck = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1_024 };
        await stuck.ConnectAsync(server.Address.Host, server.Address.Port);
        string body = $$"""{"model": "captain", "prompt": "hello", "max_tokens": {{PersonaFolder.LongText}}, "temperature": 0, "stream": true}""";
        await stuck.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/completions HTTP/1.1\r\nHost: here\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        await server.HealthAsync(health => health["running"]!.GetValue<int>() == 1);

        Assert.Equal(alone, await AnswerAsync(server));
        Assert.Equal(0, (await server.HealthAsync(health => health["running"]!.GetValue<int>() == 0))["running"]!.GetValue<int>());
    }

    private static async Task<string> AnswerAsync(TestServer server)
    {
        (int status, JsonNode? answer) = await server.PostAsync(
            "v1/chat/completions", """{"model": "captain", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 8, "temperature": 0}""");
        Assert.Equal(200, status);
        return answer!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
    }

    private static void SmallBuffers(Microsoft.AspNetCore.Builder.WebApplicationBuilder program)
    {
        program.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxResponseBufferSize = 1_024);
        program.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = at =>
        {
            var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 1_024 };   // those that it accepts have the same
            socket.Bind(at);
            return socket;
        });
    }

    private static int Run(Func<string, string?, string, Uri, CancellationToken, Task> serve, params string[] arguments) => PeftConsole.Run(arguments, new AppModel<LlamaForCausalLM>
    {
        Name = "Voices",
        Load = (_, _) => throw new NotSupportedException(),
        Train = (_, _, _, _) => throw new NotSupportedException(),
        Serve = serve,
    });

    private static async Task<HttpResponseMessage> WhenItListensAsync(Func<Task<HttpResponseMessage>> ask, Task running)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException) when (!running.IsCompleted)
            {
                await Task.Delay(50);
            }
        }
    }

    private static Uri At(int port) => new($"http://127.0.0.1:{port}");

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
