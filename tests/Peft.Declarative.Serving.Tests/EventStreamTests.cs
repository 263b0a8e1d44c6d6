using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Peft.Declarative.Serving.Http;

namespace Peft.Declarative.Serving.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Write_ToAClientThatReads_SendsTheEvent()
    {
        var client = new Client(room: 1_000);

        await client.Events(patience: TimeSpan.FromMinutes(1)).WriteAsync(new JsonObject { ["text"] = "é" });

        Assert.Equal("data: {\"text\":\"é\"}\n\n", Encoding.UTF8.GetString((await client.Received.ReadAsync()).Buffer));
        Assert.False(client.IsAborted);
    }

    [Fact]
    public async Task Write_ToAClientThatDoesNotRead_EndsTheRequestInTime()
    {
        var client = new Client(room: 1);

        await Assert.ThrowsAsync<OperationCanceledException>(() => client.Events(patience: TimeSpan.FromMilliseconds(50)).WriteAsync([]));

        Assert.True(client.IsAborted);
    }

    [Fact]
    public async Task Write_ToAClientThatReadsLate_Waits()
    {
        var client = new Client(room: 1);

        Task written = client.Events(patience: TimeSpan.FromMinutes(1)).WriteAsync([]);
        Assert.False(written.IsCompleted);
        client.Received.AdvanceTo((await client.Received.ReadAsync()).Buffer.End);
        await written;

        Assert.False(client.IsAborted);
    }

    /// <summary>A client whose connection holds some bytes that it has not read.</summary>
    private sealed class Client : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
    {
        private readonly Pipe _connection;

        internal Client(int room) => _connection = new Pipe(new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room));

        public Stream Stream => Writer.AsStream();

        public PipeWriter Writer => _connection.Writer;

        public CancellationToken RequestAborted { get; set; }

        internal PipeReader Received => _connection.Reader;

        internal bool IsAborted { get; private set; }

        public void Abort() => IsAborted = true;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        internal EventStream Events(TimeSpan patience)
        {
            var context = new DefaultHttpContext();
            context.Features.Set<IHttpResponseBodyFeature>(this);
            context.Features.Set<IHttpRequestLifetimeFeature>(this);
            return new EventStream(context, patience, CancellationToken.None);
        }
    }
}
