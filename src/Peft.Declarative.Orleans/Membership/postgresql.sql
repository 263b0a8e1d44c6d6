-- The membership of clusters in PostgreSQL, for Orleans 10.4:
--     psql -d DATABASE -f postgresql.sql
-- Orleans knows the table OrleansQuery, the queries by their keys, and their parameters and columns by their names. Of the other tables it knows nothing.
-- A member writes what it has decided from the version that it read. If another one has written since, nothing is changed, and the query says 0.
-- The script may be run again, for example after one for another part of Orleans.
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey varchar(64) PRIMARY KEY,
    QueryText text NOT NULL
);

CREATE TABLE IF NOT EXISTS PeftCluster
(
    DeploymentId text PRIMARY KEY,
    Version integer NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS PeftSilo
(
    DeploymentId text NOT NULL REFERENCES PeftCluster,
    Address text NOT NULL,
    Port integer NOT NULL,
    Generation integer NOT NULL,
    SiloName text NOT NULL,
    HostName text NOT NULL,
    Status integer NOT NULL,
    ProxyPort integer NOT NULL,
    SuspectTimes text NOT NULL DEFAULT '',
    StartTime timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', '
    WITH made AS (INSERT INTO PeftCluster (DeploymentId) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer FROM made
'),
('InsertMembershipKey', '
    WITH cluster AS
    (
        UPDATE PeftCluster SET Version = Version + 1
        WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS
            (SELECT FROM PeftSilo WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
        RETURNING DeploymentId
    ),
    made AS
    (
        INSERT INTO PeftSilo (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM cluster
        RETURNING 1
    )
    SELECT count(*)::integer FROM made
'),
('UpdateMembershipKey', '
    WITH cluster AS
    (
        UPDATE PeftCluster SET Version = Version + 1
        WHERE DeploymentId = @DeploymentId AND Version = @Version AND EXISTS
            (SELECT FROM PeftSilo WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
        RETURNING DeploymentId
    ),
    changed AS
    (
        UPDATE PeftSilo AS silo SET Status = @Status, SuspectTimes = coalesce(@SuspectTimes, ''''), IAmAliveTime = @IAmAliveTime
        FROM cluster
        WHERE silo.DeploymentId = cluster.DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
        RETURNING 1
    )
    SELECT count(*)::integer FROM changed
'),
('UpdateIAmAlivetimeKey', '
    UPDATE PeftSilo SET IAmAliveTime = @IAmAliveTime
    WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
'),
('MembershipReadRowKey', '
    SELECT Version, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime, IAmAliveTime
    FROM PeftCluster AS cluster LEFT JOIN PeftSilo AS silo
        ON silo.DeploymentId = cluster.DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
    WHERE cluster.DeploymentId = @DeploymentId
'),
('MembershipReadAllKey', '
    SELECT Version, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime, IAmAliveTime
    FROM PeftCluster AS cluster LEFT JOIN PeftSilo AS silo ON silo.DeploymentId = cluster.DeploymentId
    WHERE cluster.DeploymentId = @DeploymentId
'),
('GatewaysQueryKey', '
    SELECT Address, ProxyPort, Generation FROM PeftSilo WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
'),
('CleanupDefunctSiloEntryKey', '
    DELETE FROM PeftSilo
    WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
        AND Status = 6 AND SuspectTimes = coalesce(@SuspectTimes, '''') AND StartTime = @StartTime AND IAmAliveTime = @IAmAliveTime
'),
('CleanupDefunctSiloEntriesKey', '
    DELETE FROM PeftSilo WHERE DeploymentId = @DeploymentId AND Status = 6 AND IAmAliveTime < @IAmAliveTime
'),
('DeleteMembershipTableEntriesKey', '
    WITH silos AS (DELETE FROM PeftSilo WHERE DeploymentId = @DeploymentId)
    DELETE FROM PeftCluster WHERE DeploymentId = @DeploymentId
')
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = EXCLUDED.QueryText;
