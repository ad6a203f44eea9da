using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class DurableEngine : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "data",
                table: "wf_journal",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace",
                table: "wf_journal",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "triggered_at",
                table: "wf_inbox",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "asked_at",
                table: "wf_definition_version",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "wf_definition_version",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "asked_by_id",
                table: "wf_definition_version",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "made_by",
                table: "wf_definition_version",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "published_at",
                table: "wf_definition_version",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "published_by",
                table: "wf_definition_version",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "retracted_at",
                table: "wf_definition_version",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "retracted_by",
                table: "wf_definition_version",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "revert_of",
                table: "wf_definition_version",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "triggers_at",
                table: "wf_definition_version",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "uses",
                table: "wf_definition_version",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "bcc",
                table: "mail",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "cc",
                table: "mail",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "from",
                table: "mail",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "wf_archived_run",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    correlation = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    finished_at = table.Column<long>(type: "bigint", nullable: false),
                    archived_at = table.Column<long>(type: "bigint", nullable: false),
                    file = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_archived_run", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "wf_incident",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    execution = table.Column<string>(type: "text", nullable: false),
                    activity = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    error = table.Column<string>(type: "text", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_incident", x => new { x.run_id, x.execution });
                });

            migrationBuilder.CreateTable(
                name: "wf_migration",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    from_id = table.Column<Guid>(type: "uuid", nullable: false),
                    to_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from = table.Column<int>(type: "integer", nullable: false),
                    to = table.Column<int>(type: "integer", nullable: false),
                    mapping = table.Column<string>(type: "text", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_migration", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "wf_sweep",
                columns: table => new
                {
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    node = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    lease_until = table.Column<long>(type: "bigint", nullable: false),
                    finished_at = table.Column<long>(type: "bigint", nullable: true),
                    runs = table.Column<long>(type: "bigint", nullable: false),
                    journal_lines = table.Column<long>(type: "bigint", nullable: false),
                    signals = table.Column<long>(type: "bigint", nullable: false),
                    messages = table.Column<long>(type: "bigint", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_sweep", x => x.day);
                });

            migrationBuilder.CreateTable(
                name: "wf_trigger",
                columns: table => new
                {
                    version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    activity = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    since = table.Column<long>(type: "bigint", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_trigger", x => new { x.version_id, x.activity, x.kind, x.key });
                });

            migrationBuilder.CreateTable(
                name: "wf_migration_run",
                columns: table => new
                {
                    migration_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: true),
                    why_en = table.Column<string>(type: "text", nullable: true),
                    why_zh = table.Column<string>(type: "text", nullable: true),
                    old_state = table.Column<string>(type: "text", nullable: true),
                    old_ready = table.Column<bool>(type: "boolean", nullable: false),
                    old_pending = table.Column<string>(type: "text", nullable: true),
                    run_version = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_migration_run", x => new { x.migration_id, x.run_id });
                    table.ForeignKey(
                        name: "fk_wf_migration_run_wf_instance_run_id",
                        column: x => x.run_id,
                        principalTable: "wf_instance",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_wf_migration_run_wf_migration_migration_id",
                        column: x => x.migration_id,
                        principalTable: "wf_migration",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_wf_instance_definition_id_finished_at",
                table: "wf_instance",
                columns: new[] { "definition_id", "finished_at" },
                filter: "finished_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_event",
                table: "wf_inbox",
                column: "key",
                filter: "kind = 'event' and triggered_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_definition_version_triggers_at",
                table: "wf_definition_version",
                column: "triggers_at",
                filter: "triggers_at is null and published");

            migrationBuilder.CreateIndex(
                name: "ix_wf_archived_run_correlation",
                table: "wf_archived_run",
                column: "correlation");

            migrationBuilder.CreateIndex(
                name: "ix_wf_archived_run_key",
                table: "wf_archived_run",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_wf_incident_at",
                table: "wf_incident",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_wf_migration_definition_id_at",
                table: "wf_migration",
                columns: new[] { "definition_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_wf_migration_run_migration_id_state",
                table: "wf_migration_run",
                columns: new[] { "migration_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_wf_migration_run_run_id",
                table: "wf_migration_run",
                column: "run_id");

            migrationBuilder.CreateIndex(
                name: "ix_wf_trigger_due_at",
                table: "wf_trigger",
                column: "due_at",
                filter: "due_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_trigger_kind_key",
                table: "wf_trigger",
                columns: new[] { "kind", "key" });

            // Until now every version that was ever published was marked so; from now on only the one in use is.
            migrationBuilder.Sql("update wf_definition_version set published_at = created_at where published");
            migrationBuilder.Sql(
                "update wf_definition_version set published = false where published and exists (select 1 from wf_definition_version n "
                    + "where n.definition_id = wf_definition_version.definition_id and n.published and n.version > wf_definition_version.version)"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "wf_archived_run");

            migrationBuilder.DropTable(
                name: "wf_incident");

            migrationBuilder.DropTable(
                name: "wf_migration_run");

            migrationBuilder.DropTable(
                name: "wf_sweep");

            migrationBuilder.DropTable(
                name: "wf_trigger");

            migrationBuilder.DropTable(
                name: "wf_migration");

            migrationBuilder.DropIndex(
                name: "ix_wf_instance_definition_id_finished_at",
                table: "wf_instance");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_event",
                table: "wf_inbox");

            migrationBuilder.DropIndex(
                name: "ix_wf_definition_version_triggers_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "data",
                table: "wf_journal");

            migrationBuilder.DropColumn(
                name: "trace",
                table: "wf_journal");

            migrationBuilder.DropColumn(
                name: "triggered_at",
                table: "wf_inbox");

            migrationBuilder.DropColumn(
                name: "asked_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "asked_by_id",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "made_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "published_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "published_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "retracted_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "retracted_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "revert_of",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "triggers_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "uses",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "bcc",
                table: "mail");

            migrationBuilder.DropColumn(
                name: "cc",
                table: "mail");

            migrationBuilder.DropColumn(
                name: "from",
                table: "mail");
        }
    }
}
