using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Serving.Tests;

public sealed class TurnQueueTests
{
    [Fact]
    public async Task Enter_OfManyPersonas_TakesTurnsAmongThem()
    {
        var queue = new TurnQueue(places: 1, capacity: 10);
        IDisposable first = (await queue.EnterAsync("x", default))!;
        List<string> order = [];
        Task[] waiting = [.. new[] { "busy", "busy", "busy", "calm", "other" }.Select(async name =>
        {
            using IDisposable? turn = await queue.EnterAsync(name, default);
            lock (order)
            {
                order.Add(name);
            }
        })];

        first.Dispose();
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(["busy", "calm", "other", "busy", "busy"], order);
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public async Task Enter_WithSeveralPlaces_ServesAsManyAtOnce()
    {
        var queue = new TurnQueue(places: 2, capacity: 10);
        IDisposable first = (await queue.EnterAsync("a", default))!, second = (await queue.EnterAsync("a", default))!;
        Task<IDisposable?> third = queue.EnterAsync("b", default);
        Assert.False(third.IsCompleted);

        first.Dispose();
        first.Dispose();

        Assert.NotNull(await third.WaitAsync(TimeSpan.FromSeconds(20)));
        Task<IDisposable?> fourth = queue.EnterAsync("b", default);
        Assert.False(fourth.IsCompleted);
        second.Dispose();
        Assert.NotNull(await fourth.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Enter_OfAFullQueue_IsRefusedAtOnce()
    {
        var queue = new TurnQueue(places: 1, capacity: 1);
        using IDisposable? first = await queue.EnterAsync("a", default);
        Task<IDisposable?> second = queue.EnterAsync("a", default);

        Assert.Null(await queue.EnterAsync("b", default));
        Assert.False(second.IsCompleted);
        first!.Dispose();
        Assert.NotNull(await second.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesTheQueue()
    {
        var queue = new TurnQueue(places: 1, capacity: 1);
        IDisposable? first = await queue.EnterAsync("a", default);
        using var leaving = new CancellationTokenSource();
        Task<IDisposable?> second = queue.EnterAsync("a", leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, queue.Waiting);
        Assert.Equal(0, queue.Held);
        first!.Dispose();
        Assert.NotNull(await queue.EnterAsync("b", default).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Enter_ForSeveralTexts_WaitsForAsManyPlaces()
    {
        var queue = new TurnQueue(places: 3, capacity: 10);
        IDisposable first = (await queue.EnterAsync("a", default))!, second = (await queue.EnterAsync("a", default))!;
        Task<IDisposable?> large = queue.EnterAsync("b", default, texts: 3), small = queue.EnterAsync("c", default);

        first.Dispose();
        Assert.False(large.IsCompleted || small.IsCompleted);
        second.Dispose();

        using (await large.WaitAsync(TimeSpan.FromSeconds(20)))
        {
            Assert.False(small.IsCompleted);
        }

        Assert.NotNull(await small.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Enter_ForMoreTextsThanPlaces_TakesThemAll()
    {
        var queue = new TurnQueue(places: 2, capacity: 10);

        using IDisposable? turn = await queue.EnterAsync("a", default, texts: 5);

        Assert.NotNull(turn);
        Assert.False(queue.EnterAsync("b", default).IsCompleted);
    }

    [Fact]
    public async Task Enter_BehindOneThatLeaves_HasTheFreePlace()
    {
        var queue = new TurnQueue(places: 2, capacity: 10);
        using IDisposable? first = await queue.EnterAsync("a", default);
        using var leaving = new CancellationTokenSource();
        Task<IDisposable?> large = queue.EnterAsync("b", leaving.Token, texts: 2), small = queue.EnterAsync("c", default);
        Assert.False(small.IsCompleted);

        await leaving.CancelAsync();

        Assert.NotNull(await small.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
    }
}
